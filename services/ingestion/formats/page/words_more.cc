#include "ingestion/formats/page/words.h"

namespace telex::ingestion::page {
namespace {

// As words.cc, for the languages of the wires.
// clang-format off
constexpr LanguageWords kWireLanguages[] = {
    {
        .language = "tr",
        .months =
            "ocak oca|şubat şub|mart mar|nisan nis|mayıs may|haziran haz|temmuz tem|ağustos ağu|"
            "eylül eyl|ekim eki|kasım kas|aralık ara",
        .date_noise = "pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar|tarih",
        .published = "yayınlanma|yayınlanma tarihi|giriş tarihi|giriş|tarih",
        .updated = "güncelleme|güncellendi|son güncelleme|güncelleme tarihi",
        .byline = "yazar|yazan|haber|muhabir",
        .section_label = "bölüm|kategori",
        .home = "ana sayfa|anasayfa",
        .sections = "dünya|siyaset|ekonomi|gündem|spor|kültür|teknoloji|bilim|sağlık|yaşam|eğitim",
        .views = "görüntülenme|görüntüleme|okunma|okunma sayısı",
        .furniture =
            "ara|arama|menü|kapat|paylaş|yazdır|linki kopyala|bağlantıyı kopyala|reklam|"
            "yükleniyor|devamını oku|tüm haberler|üye ol|hakkımızda|iletişim|ana sayfa|yorum yap|"
            "canlı yayın",
        .furniture_starts = "bizi takip edin|fotoğraf:|abone olun|ayrıca bakınız:",
        .ends =
            "ilgili haberler|benzer haberler|diğer haberler|son dakika|son haberler|"
            "en çok okunanlar|yorumlar|etiketler|bunlar da ilginizi çekebilir",
        .licence = "kaynak gösterilmeden|kaynak gösterilerek|link verilmeden|izinsiz kullanılamaz",
        .rights = "tüm hakları saklıdır|her hakkı saklıdır",
        .cookies = "çerez kullan|çerezler kullan|çerezleri kullan",
        .login = "giriş yap|şifre|kullanıcı adı|şifremi unuttum|kayıt ol|beni hatırla",
        .errors = "sayfa bulunamadı|aradığınız sayfa|hata 4|hata 5",
    },
    {
        .language = "de",
        .months =
            "januar jan|februar feb|märz mär mrz|april apr|mai|juni jun|juli jul|august aug|"
            "september sep sept|oktober okt|november nov|dezember dez",
        .date_noise =
            "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|um|uhr|vom|den|stand|am",
        .published = "veröffentlicht|veröffentlicht am|erstellt|erstellt am",
        .updated = "aktualisiert|aktualisiert am|stand|zuletzt aktualisiert",
        .byline = "von|autor|autorin|text|ein bericht von",
        .byline_bare = "von|ein bericht von",
        .section_label = "rubrik|ressort",
        .home = "startseite|start",
        .sections =
            "welt|politik|wirtschaft|kultur|sport|gesellschaft|wissenschaft|gesundheit|technik|"
            "ausland|meinung",
        .views = "aufrufe|ansichten|mal gelesen",
        .furniture =
            "suche|suchen|menü|schließen|teilen|drucken|link kopieren|anzeige|werbung|anmelden|"
            "abonnieren|impressum|datenschutz|kontakt|startseite|mehr|weiterlesen|nach oben|"
            "merken|kommentieren",
        .furniture_starts = "folgen sie uns|foto:|bild:|lesen sie auch:|auch interessant:",
        .ends =
            "mehr zum thema|verwandte artikel|meistgelesen|kommentare|schlagwörter|"
            "das könnte sie auch interessieren|lesen sie auch|neueste nachrichten",
        .licence = "verwendung der inhalte|nur mit quellenangabe|nur mit link",
        .rights = "alle rechte vorbehalten",
        .cookies = "wir verwenden cookies|wir nutzen cookies|diese website verwendet cookies",
        .login =
            "passwort|benutzername|anmelden|passwort vergessen|passwort vergessen?|registrieren|"
            "e-mail-adresse",
        .errors = "seite nicht gefunden|fehler 4|fehler 5|die seite wurde nicht|zugriff verweigert",
    },
    {
        .language = "fr",
        .months =
            "janvier janv|février févr|mars|avril avr|mai|juin|juillet juil|août|septembre sept|"
            "octobre oct|novembre nov|décembre déc",
        .date_noise = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|à|le|er|h",
        .published = "publié|publié le|mis en ligne le",
        .updated = "mis à jour|mis à jour le|modifié le",
        .byline = "par|auteur|auteure|texte",
        .byline_bare = "par",
        .section_label = "rubrique",
        .home = "accueil",
        .sections =
            "monde|politique|économie|culture|sport|sports|société|sciences|santé|international|"
            "opinions",
        .views = "vues|vue|lectures",
        .furniture =
            "recherche|rechercher|fermer|partager|imprimer|copier le lien|publicité|se connecter|"
            "s'abonner|contact|accueil|lire la suite|voir plus|haut de page|chargement|commenter",
        .furniture_starts = "suivez-nous|photo :|photo:|lire aussi :|lire aussi:|à lire aussi :",
        .ends =
            "à lire aussi|lire aussi|articles liés|sur le même sujet|les plus lus|commentaires|"
            "mots-clés|dernières nouvelles|dernières actualités",
        .licence = "reproduction interdite|lien vers la source|utilisation des contenus",
        .rights = "tous droits réservés",
        .cookies = "nous utilisons des cookies|ce site utilise des cookies",
        .login =
            "mot de passe|identifiant|se connecter|mot de passe oublié|mot de passe oublié ?|"
            "créer un compte",
        .errors =
            "page introuvable|page non trouvée|erreur 4|erreur 5|cette page n'existe|accès refusé",
    },
    {
        .language = "es",
        .months =
            "enero ene|febrero feb|marzo mar|abril abr|mayo may|junio jun|julio jul|agosto ago|"
            "septiembre setiembre sep|octubre oct|noviembre nov|diciembre dic",
        .date_noise = "lunes|martes|miércoles|jueves|viernes|sábado|domingo|de|del|a|las|el|hora|h",
        .published = "publicado|publicado el",
        .updated = "actualizado|actualizado el",
        .byline = "por|autor|autora|texto",
        .byline_bare = "por",
        .section_label = "sección",
        .home = "inicio|portada",
        .sections =
            "mundo|política|economía|cultura|deportes|sociedad|ciencia|salud|internacional|"
            "opinión|tecnología",
        .views = "visitas|vistas|lecturas",
        .furniture =
            "buscar|menú|cerrar|compartir|imprimir|copiar enlace|publicidad|iniciar sesión|"
            "suscríbete|contacto|inicio|leer más|ver más|cargando|comentar",
        .furniture_starts = "síguenos|foto:|lee también:|lea también:",
        .ends =
            "noticias relacionadas|artículos relacionados|lo más leído|más noticias|comentarios|"
            "etiquetas|últimas noticias|te puede interesar",
        .licence = "uso de los contenidos|citando la fuente|enlace a la fuente",
        .rights = "todos los derechos reservados",
        .cookies =
            "utilizamos cookies|usamos cookies|este sitio utiliza cookies|"
            "este sitio web utiliza cookies",
        .login =
            "contraseña|usuario|iniciar sesión|olvidé mi contraseña|¿olvidaste tu contraseña?|"
            "crear cuenta",
        .errors = "página no encontrada|error 4|error 5|la página que busca|acceso denegado",
    },
    {
        .language = "uk",
        .months =
            "січня січень|лютого лютий|березня березень|квітня квітень|травня травень|"
            "червня червень|липня липень|серпня серпень|вересня вересень|жовтня жовтень|"
            "листопада листопад|грудня грудень",
        .date_noise = "понеділок|вівторок|середа|четвер|п'ятниця|субота|неділя|року|р|о",
        .published = "опубліковано|дата публікації",
        .updated = "оновлено",
        .byline = "автор|автори|текст|підготував|підготувала",
        .byline_bare = "автор",
        .section_label = "рубрика|розділ",
        .home = "головна",
        .sections =
            "світ|політика|економіка|суспільство|культура|спорт|наука|технології|війна|новини",
        .views = "переглядів|перегляди|переглядів:",
        .furniture =
            "пошук|закрити|поділитися|друк|копіювати посилання|реклама|завантаження|увійти|"
            "головна|більше|усі новини|підписатися|контакти|про нас",
        .furniture_starts = "читайте також:|підписуйтесь |фото:|поділитися ",
        .ends =
            "читайте також|схожі новини|новини за темою|останні новини|популярне|коментарі|теги|"
            "стрічка новин",
        .licence = "використання матеріалів|гіперпосилання|посилання на джерело",
        .rights = "усі права захищено|всі права захищено|всі права захищені",
        .cookies = "ми використовуємо cookie|ми використовуємо файли cookie",
        .login = "пароль|увійти|логін|забули пароль|забули пароль?|реєстрація",
        .errors = "сторінку не знайдено|помилка 4|помилка 5|сторінка не існує",
    },
};
// clang-format on

}  // namespace

std::span<const LanguageWords> WireLanguageWords() { return kWireLanguages; }

}  // namespace telex::ingestion::page
