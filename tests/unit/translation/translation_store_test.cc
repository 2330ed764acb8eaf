#include "translation/adapters/translation_store.h"

#include <gtest/gtest.h>

TEST(TranslationStore, Stub) {}
