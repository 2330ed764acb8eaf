#include "translation/formats/sentence_words.h"

#include <cstddef>

namespace telex::translation {
namespace {

// Few, for ICU brings CLDR's suppressions for de, en, es, fr, it, pt and ru. A word that a sentence
// may end with as well (Inc., usw., т. д.) is better left out: two sentences in one segment cost
// less than one in two.
constexpr SentenceWords kWords[] = {
    {.language = "en",
     .titles = "mr mrs ms messrs dr prof rev hon gen col lt lt.col sgt capt cmdr maj adm gov sen "
               "rep pres supt insp st mt ft vs v e.g i.e cf viz al",
     .numbered = "no nos vol vols p pp fig figs sec art ch par jan feb mar apr jun jul aug sep "
                 "sept oct nov dec approx ca c"},
    {.language = "ru",
     .titles = "ул пр просп пер пл бул наб им проф акад доц ген адм полк подполк кап лейт сен св "
               "тов гр обл респ пос дер оз т.е т.н т.к т.о см ср напр дж юр",
     .places = "г с р м о",
     .numbered = "п пп ст стр с рис табл гл т вып кн д кв оф корп"},
    {.language = "uk",
     .titles = "вул просп пров пл ім проф акад доц ген св обл смт т.зв див напр ст",
     .places = "м с р о",
     .numbered = "п пп ст стор с рис табл гл т кн буд кв"},
    {.language = "hy",
     .titles = "պրոֆ ակադ դոց գեն գնդ փոխգնդ տիկ տկն պրն տ պ ս սբ հմմտ օր ք գ փ թ թթ դ",
     .numbered = "հ համ էջ հոդ կետ նկ գլ",
     .colon_ends = true},
    {.language = "es",
     .titles = "sr sra srta sres dr dra d dña prof profa ing lic arq gral cnel cap tte sto sta av "
               "avda c p.ej ee ej cf vs mons excmo excma",
     .numbered = "n núm nº pág págs p art arts vol cap fig aprox"},
    {.language = "de",
     .titles =
         "hr fr frl v n z dr prof dipl ing med jur phil st hl str bzw z.b d.h u.a i.d.r v.a ca vgl "
         "sog geb gest evtl ggf inkl exkl bspw insb min max gen lt sen rep",
     .numbered = "nr nrn s abs art bd bde kap abb tab ziff tel",
     .ordinals = true,
     .starters =
         "der die das den dem ein eine es er sie wir ich ihr in im am an auf aus bei mit "
         "nach von zu zum zur für und aber doch dann danach so auch als wenn nun damit dies "
         "diese dieser dieses seit"},
    {.language = "fr",
     .titles =
         "mm mme mlle me dr pr prof mgr st ste gén col cdt cap lt av ap bd boul pl p.ex env cf",
     .numbered = "n no p pp art vol chap fig t éd"},
    {.language = "az",
     .titles = "dr prof dos akad gen polk məs küç pr prosp ş q k cən",
     .places = "r",
     .numbered = "s səh m bənd c cild şək fəs nömrə ev mən"},
    {.language = "tr",
     .titles =
         "dr prof doç yrd öğr av sn hz gen alb yzb bkz örn krş mah cad sok blv apt müh mim op "
         "uzm çev haz st yy",
     .numbered = "no s sf sh md m c böl şek tel",
     .ordinals = true,
     .starters = "bu bir o ve ama ancak fakat ayrıca daha sonra böylece bunun şu"},
    {.language = "it",
     .titles = "sig sigg sig.ra dott dott.ssa prof prof.ssa avv ing arch on sen gen col cap s ss "
               "mons p.es ad.es cfr",
     .numbered = "n nn p pp pag art artt vol cap fig"},
    {.language = "pt",
     .titles = "sr sra srta dr dra prof profa eng gen cel cap sto sta av p.ex ex vs d",
     .numbered = "n nº p pp pág art arts vol cap fig"},
    {.language = "pl",
     .titles = "dr prof inż mgr hab ks gen płk kpt św ul al pl os im np tj tzn tzw m.in wg por",
     .numbered = "nr s str art ust pkt t rys tab poz",
     .ordinals = true},
    {.language = "ka", .titles = "პროფ აკად გენ ქ სოფ ე.ი ე.წ მაგ იხ წმ", .numbered = "გვ მუხ ტ"},
    {.language = "cs",
     .titles = "p pí dr prof ing mgr doc gen plk sv tzv např tj mj",
     .ordinals = true},
    {.language = "da", .titles = "hr fru dr prof f.eks bl.a skt", .ordinals = true},
    {.language = "nb", .titles = "dr prof f.eks bl.a st", .ordinals = true},
    {.language = "fi", .titles = "esim tri prof mm ns", .ordinals = true},
    {.language = "hu", .titles = "dr prof pl id ifj ún szt", .ordinals = true},
};

constexpr SentenceWords kCommon = {
    .language = "", .titles = "mr mrs ms dr prof gen st", .numbered = "no nr art vol fig"};

}  // namespace

const SentenceWords& SentenceWordsOf(std::string_view language) {
  for (const SentenceWords& words : kWords) {
    if (words.language == language) return words;
  }
  return kCommon;
}

bool IsListed(std::string_view word, std::string_view list) {
  while (!list.empty()) {
    const std::size_t end = list.find(' ');
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(end == list.npos ? list.size() : end + 1);
  }
  return false;
}

}  // namespace telex::translation
