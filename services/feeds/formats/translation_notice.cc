#include "feeds/formats/translation_notice.h"

#include <algorithm>
#include <array>

namespace telex::feeds {
namespace {

constexpr std::array<TranslationNotices, 16> kNotices = {{
    {"en", "This text was translated by a machine, and nobody has reviewed it yet.",
     "The original has been changed since this was translated."},
    {"ru", "Текст переведён машиной и ещё никем не проверен.",
     "После этого перевода оригинал был изменён."},
    {"hy", "Տեքստը թարգմանվել է մեքենայով և դեռ ոչ ոք չի ստուգել այն։",
     "Այս թարգմանությունից հետո բնագիրը փոփոխվել է։"},
    {"es", "Este texto ha sido traducido por una máquina y nadie lo ha revisado todavía.",
     "El original ha cambiado desde que se hizo esta traducción."},
    {"de", "Dieser Text wurde maschinell übersetzt und noch von niemandem geprüft.",
     "Das Original wurde seit dieser Übersetzung geändert."},
    {"fr", "Ce texte a été traduit par une machine et n’a encore été relu par personne.",
     "L’original a été modifié depuis cette traduction."},
    {"tr", "Bu metin makine tarafından çevrilmiştir ve henüz kimse tarafından incelenmemiştir.",
     "Bu çeviriden sonra özgün metin değiştirilmiştir."},
    {"az", "Bu mətn maşın tərəfindən tərcümə edilib və hələ heç kim tərəfindən yoxlanılmayıb.",
     "Bu tərcümədən sonra orijinal mətn dəyişdirilib."},
    {"ka", "ეს ტექსტი მანქანურად არის თარგმნილი და ჯერ არავის შეუმოწმებია.",
     "ამ თარგმანის შემდეგ ორიგინალი შეიცვალა."},
    {"ar", "تُرجم هذا النص آليًا ولم يراجعه أحد بعد.", "تغيّر النص الأصلي منذ إنجاز هذه الترجمة."},
    {"fa", "این متن با ماشین ترجمه شده و هنوز کسی آن را بازبینی نکرده است.",
     "متن اصلی پس از این ترجمه تغییر کرده است."},
    {"uk", "Текст перекладено машиною, і його ще ніхто не перевірив.",
     "Після цього перекладу оригінал було змінено."},
    {"it", "Questo testo è stato tradotto da una macchina e nessuno lo ha ancora rivisto.",
     "L’originale è stato modificato dopo questa traduzione."},
    {"pt", "Este texto foi traduzido por uma máquina e ainda ninguém o reviu.",
     "O original foi alterado desde esta tradução."},
    {"pl", "Ten tekst został przetłumaczony maszynowo i nikt go jeszcze nie sprawdził.",
     "Od czasu tego tłumaczenia oryginał został zmieniony."},
    {"ca", "Aquest text ha estat traduït per una màquina i encara ningú no l’ha revisat.",
     "L’original ha canviat des d’aquesta traducció."},
}};

constexpr DigitalSourceType kMachineMade = {
    "trainedAlgorithmicMedia", "Created using Generative AI",
    "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"};
constexpr DigitalSourceType kMadeWithMachine = {
    "compositeWithTrainedAlgorithmicMedia", "Edited using Generative AI",
    "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"};

}  // namespace

const TranslationNotices& NoticesIn(std::string_view language) {
  const std::string_view primary = language.substr(0, language.find('-'));
  const auto found = std::ranges::find(kNotices, primary, &TranslationNotices::language);
  return found == kNotices.end() ? kNotices.front() : *found;
}

DigitalSourceType SourceTypeOf(news::TranslationStanding standing, bool engine_had_part) {
  if (standing == news::TranslationStanding::kMachine) return kMachineMade;
  return engine_had_part ? kMadeWithMachine : DigitalSourceType();
}

}  // namespace telex::feeds
