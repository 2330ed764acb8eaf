#include "tests/benchmark/english_story.h"

#include <absl/status/status.h>

#include <algorithm>
#include <array>
#include <string>

#include "tests/benchmark/die.h"
#include "tests/benchmark/stories.h"

namespace telex::bench {
namespace {

struct Sentence {
  std::string_view english;
  std::string_view spanish;
  bool ends_paragraph = false;
};

constexpr Sentence kHeadline = {"The ferry across the bay sails again after the storm",
                                "El transbordador de la bahía zarpa de nuevo tras la tormenta"};
constexpr std::array<Sentence, 10> kBody = {{
    {"The ferry across the bay sails again after the storm that closed the harbour.",
     "El transbordador de la bahía zarpa de nuevo tras la tormenta que cerró el puerto."},
    {"The first boat left the quay in the morning with 240 passengers and their luggage.",
     "El primer barco salió del muelle por la mañana con 240 pasajeros y su equipaje.", true},
    {"The harbour master said that the wind had fallen during the night.",
     "El capitán del puerto dijo que el viento había amainado durante la noche."},
    {"Divers looked for damage below the water and found nothing that matters.",
     "Los buzos buscaron daños bajo el agua y no encontraron nada importante."},
    {"The repair of the northern pier will take another 3 weeks, the company wrote.",
     "La reparación del muelle norte durará otras 3 semanas, escribió la compañía.", true},
    {"Shops on the island had begun to run out of milk and fresh bread.",
     "Las tiendas de la isla habían empezado a quedarse sin leche ni pan fresco."},
    {"Fishermen brought the mail across in their own boats, as they did years ago.",
     "Los pescadores llevaron el correo en sus propias barcas, como hacían hace años.", true},
    {"Tickets that were bought before the storm stay valid until the end of the month.",
     "Los billetes comprados antes de la tormenta valen hasta el final del mes."},
    {"Whoever does not want to travel any more gets the money back at the counter.",
     "Quien ya no quiera viajar recibe su dinero de vuelta en la ventanilla."},
    {"The company expects that all boats will keep to the timetable by the weekend.",
     "La compañía espera que todos los barcos cumplan el horario el fin de semana.", true},
}};

std::string BodyHtml() {
  std::string body;
  for (bool begins = true; const Sentence& sentence : kBody) {
    body += begins ? "<p>" : " ";
    body += sentence.english;
    if (sentence.ends_paragraph) body += "</p>\n";
    begins = sentence.ends_paragraph;
  }
  return body;
}

}  // namespace

std::string_view SpanishOf(std::string_view english) {
  if (english == kHeadline.english) return kHeadline.spanish;
  const auto* const found = std::ranges::find(kBody, english, &Sentence::english);
  if (found == kBody.end()) OrDie("segment", absl::NotFoundError(std::string(english)));
  return found->spanish;
}

news::Article EnglishStory(std::uint64_t n) {
  static const std::string body = BodyHtml();
  news::Article article = Story(n, n, 1);
  article.content.headline = kHeadline.english;
  article.content.body_html = body;
  article.content.language = *news::LanguageTag::Parse("en");
  article.shelves = {{article.content.section, article.content.language}};
  return article;
}

translation::v1::CompleteJobRequest InSpanish(const translation::v1::Job& claimed) {
  translation::v1::CompleteJobRequest request;
  request.set_name(claimed.name());
  request.set_token(claimed.token());
  request.set_version(claimed.version());
  for (const translation::v1::JobSegment& segment : claimed.text().segments()) {
    translation::v1::TranslatedSegment& done = *request.add_segments();
    done.set_place(segment.place());
    done.set_target(std::string(SpanishOf(segment.source())));
  }
  return request;
}

}  // namespace telex::bench
