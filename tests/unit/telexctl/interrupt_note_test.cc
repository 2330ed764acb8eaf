#include "telexctl/adapters/interrupt_note.h"

#include <gtest/gtest.h>

#include <csignal>

namespace telex::cli {
namespace {

TEST(InterruptNoteDeathTest, CtrlCSaysThatTheSameAgainIsSafeAndEndsTheProcess) {
  EXPECT_EXIT(
      {
        std::signal(SIGINT, SIG_DFL);
        const InterruptNote note;
        std::raise(SIGINT);
      },
      ::testing::KilledBySignal(SIGINT), "it may have been submitted; the same again is safe");
}

TEST(InterruptNoteTest, WhatWasBeforeIsAsItWas) {
  for (const auto before : {SIG_IGN, SIG_DFL}) {
    const auto outer = std::signal(SIGINT, before);
    {
      const InterruptNote note;
      if (before == SIG_IGN) std::raise(SIGINT);  // goes on
    }
    EXPECT_EQ(std::signal(SIGINT, outer), before);
  }
}

}  // namespace
}  // namespace telex::cli
