#include "ingestion/formats/page/words.h"

namespace telex::ingestion::page {
namespace {

// Each row is one language. Words are those a person sees on newsroom pages; what is not worth a
// row of its own (a page's own menu) is told apart by its shape, in blocks.cc.
// clang-format off
constexpr LanguageWords kRegionLanguages[] = {
    {
        .language = "en",
        .months =
            "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|"
            "september sep sept|october oct|november nov|december dec",
        .date_noise =
            "monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun|"
            "at|on|st|nd|rd|th|of|the|date|time|hours|hrs|local",
        .published =
            "published|published on|published at|posted|posted on|first published|date|added|"
            "publication date",
        .updated =
            "updated|updated on|updated at|last updated|last updated on|last update|modified|"
            "last modified",
        .byline =
            "by|author|authors|written by|reported by|reporting by|story by|text by|words by|text|"
            "correspondent",
        .byline_bare = "by|written by|reported by|reporting by|story by|words by",
        .section_label = "section|category|topic|rubric|filed under",
        .home = "home|homepage|main|front page|main page",
        .sections =
            "world|politics|economy|business|sport|sports|culture|society|technology|tech|science|"
            "health|opinion|opinions|analysis|analytics|region|regions|local|europe|asia|africa|"
            "americas|middle east|south caucasus|energy|finance|markets|education|environment|"
            "climate|travel|entertainment|arts|lifestyle|interview|interviews|incidents|army|"
            "military|defence|defense|international|national|domestic|news|uk|us|community|"
            "weather|transport|accidents|law|crime",
        .views =
            "views|view|viewed|hits|reads|read count|page views|times read|times viewed|"
            "total views",
        .furniture =
            "twitter|x|youtube|instagram|facebook|telegram|whatsapp|tiktok|linkedin|pinterest|"
            "reddit|viber|vkontakte|vk|odnoklassniki|messenger|rss|threads|bluesky|mastodon|email|"
            "e-mail|apple store|app store|google play|play market|app gallery|appgallery|"
            "night theme|dark theme|light theme|dark mode|light mode|night mode|theme|en|eng|ru|"
            "rus|az|aze|arm|hy|am|ka|geo|tr|de|fr|es|fa|ar|uk|ua|english|search|menu|close|"
            "open menu|close menu|what are you looking for|search this site|search for|"
            "skip to content|skip to main content|jump to content|a+|a-|aa|a|print|print this|"
            "print this page|print article|copy|copy link|link copied|copied|copied!|share|"
            "share this|share this article|share this story|share article|save|bookmark|"
            "save for later|listen|listen to this article|listen to article|play|pause|ads|ad|"
            "advertisement|advertising|advertise|sponsored|sponsored content|promoted|loading|"
            "loading...|load more|show more|more|see more|view all|see all|all news|read more|"
            "continue reading|back|next|previous|next article|previous article|back to top|to top|"
            "top|home|homepage|about|about us|contact|contacts|contact us|contact the newsroom|"
            "jobs|careers|subscribe|subscribe now|newsletter|newsletters|sign in|sign up|log in|"
            "login|register|my account|account|help|faq|terms|terms of use|privacy|privacy policy|"
            "cookie policy|cookies|accept|accept all|reject all|decline|ok|got it|i agree|"
            "manage options|comment|live|breaking|breaking news|exclusive|photo|video|photos|"
            "videos|photo gallery|gallery|zoom|enlarge|follow|follow us|donate|support us|archive|"
            "calendar|weather|currency|horoscope|podcast|podcasts|e-paper|sitemap|image|"
            "open image|view image|full screen|report a typo|report an error|text size|font size|"
            "translate|listen now|watch now|watch live|today's paper|edition|editions|logo",
        .furniture_starts =
            "share-line|share on |share to |share via |share it on |follow us |subscribe to our |"
            "sign up for |sign up to |join us on |join our |read also:|read also |see also:|"
            "also read:|read more:|related:|photo:|photos:|photo by |image:|image credit|"
            "photograph:|picture:|source photo|tweet this|download our app|get our app|tap here|"
            "click here|advertisement |send us |found a typo|if you notice a|"
            "this site is protected|skip to |estimated reading time|reading time",
        .furniture_has =
            "share it on social|share this with|on social media!|min read|minute read|"
            "minutes read|follow us on|subscribe to our|sign up for our|in your inbox|"
            "to your inbox|enable javascript|disable your ad blocker|ad blocker",
        .ends =
            "related|related news|related articles|related stories|related topics|related content|"
            "more news|more stories|more from|more from this section|more on this story|most read|"
            "most popular|most viewed|popular|popular news|trending|trending now|latest|"
            "latest news|last news|recent news|recent posts|news feed|newsfeed|top stories|"
            "top news|other news|you may also like|you might also like|recommended|"
            "recommended for you|read next|up next|see also|comments|leave a comment|"
            "leave a reply|add a comment|post a comment|write a comment|join the conversation|"
            "tags|tag|keywords|topics|topics in this story|in this section|editor's choice|"
            "editors' picks|editor's picks|about the author|news of the day",
        .licence =
            "use of materials|use of the materials|use of site materials|use of our materials|"
            "hyperlink to|reproduction of materials|reproduction is allowed|reproduction in whole|"
            "may not be reproduced|republication of materials|republication is|may be reproduced|"
            "reprinting of materials|reprinting is|link to the source is|"
            "with reference to the source|when quoting,|when citing,|when quoting materials|"
            "when using materials",
        .rights = "all rights reserved|©",
        .cookies =
            "we use cookies|this site uses cookies|this website uses cookies|"
            "our site uses cookies|our website uses cookies|accept all cookies|accept cookies|"
            "we and our partners|use of cookies|uses cookies to|your cookie preferences|"
            "cookie settings|manage cookies|necessary cookies|your consent preferences",
        .login =
            "log in|login|sign in|password|username|user name|e-mail|email|email address|"
            "forgot password|forgot password?|forgot your password|forgot your password?|"
            "remember me|create an account|create account|register|sign up|sign in to continue|"
            "log in to continue|keep me signed in|lost your password|lost your password?|"
            "continue with google|continue with facebook|continue with apple|"
            "don't have an account|don't have an account?|sign in to your account|"
            "log in to your account|username or email|email or username",
        .errors =
            "404|403 forbidden|error 4|error 5|500 internal|502 bad|503 service|504 gateway|"
            "http error|http status|page not found|not found|the page you|this page could not|"
            "this page isn|this page does not|this page is not|sorry, the page|sorry, we can|"
            "sorry, this page|oops|access denied|service unavailable|internal server error|"
            "bad gateway|gateway time|article not found|the requested url|the requested page|"
            "we can't find|we couldn't find|checking your browser|just a moment|"
            "verify you are human|too many requests|this site can|site can't be reached|"
            "under maintenance|site is under",
    },
    {
        .language = "ru",
        .months =
            "января январь янв|февраля февраль фев февр|марта март мар|апреля апрель апр|мая май|"
            "июня июнь июн|июля июль июл|августа август авг|сентября сентябрь сен сент|"
            "октября октябрь окт|ноября ноябрь ноя нояб|декабря декабрь дек",
        .date_noise =
            "понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|пн|вт|ср|чт|пт|сб|вс|г|"
            "года|год|в|от|дата|время|ч",
        .published = "опубликовано|дата публикации|дата|добавлено|размещено|создано",
        .updated = "обновлено|изменено|последнее обновление|дата обновления",
        .byline =
            "автор|авторы|текст|автор текста|автор статьи|автор материала|подготовил|подготовила|"
            "подготовили|корреспондент|материал подготовил|материал подготовила|беседовал|"
            "беседовала",
        .byline_bare = "автор|подготовил|подготовила|подготовили",
        .section_label = "рубрика|раздел|категория|тема",
        .home = "главная|на главную|домой|главная страница",
        .sections =
            "мир|в мире|политика|экономика|общество|культура|спорт|наука|технологии|здоровье|"
            "мнение|мнения|аналитика|анализ|регион|регионы|происшествия|армия|энергетика|финансы|"
            "образование|бизнес|интервью|международные новости|южный кавказ|кавказ|новости|"
            "транспорт|экология|город",
        .views =
            "просмотров|просмотры|просмотра|просмотр|прочитано|прочитали|количество просмотров|"
            "число просмотров|просмотрено",
        .furniture =
            "поиск|найти|меню|закрыть|поделиться|печать|распечатать|версия для печати|скопировать|"
            "скопировать ссылку|копировать ссылку|ссылка скопирована|реклама|загрузка|загрузка...|"
            "показать еще|показать ещё|ещё|еще|читать далее|подробнее|все новости|войти|вход|"
            "регистрация|подписаться|подписка|о нас|контакты|главная|рус|русский|азе|арм|англ|вк|"
            "вконтакте|одноклассники|телеграм|ютуб|фейсбук|инстаграм|твиттер|вотсап|фото|видео|"
            "архив|погода|курс валют|комментировать|назад|наверх|вверх|следующая|предыдущая|"
            "прямой эфир|ночная тема|тёмная тема|темная тема|слушать|сохранить|в закладки|принять|"
            "отклонить|сообщить об ошибке|размер шрифта|что вы ищете|редакция|вакансии|"
            "рекламодателям",
        .furniture_starts =
            "поделиться в |поделиться:|читайте также:|читайте также |читать также|смотрите также:|"
            "подписывайтесь |подпишитесь |следите за нами|фото:|фотография:|иллюстрация:|"
            "нашли опечатку|нашли ошибку|если вы нашли|если вы заметили|выделите текст|"
            "скачайте приложение|время чтения|понравилась статья|понравился материал|по теме:",
        .furniture_has =
            "мин. чтения|минут чтения|минуты чтения|поделитесь с друзьями|поделись в соц|"
            "поделиться в соц|нажмите ctrl|наш telegram|наш телеграм|в социальных сетях!",
        .ends =
            "похожие новости|по теме|новости по теме|материалы по теме|читайте также|читайте ещё|"
            "читайте еще|другие новости|последние новости|популярное|популярные новости|"
            "самое читаемое|лента новостей|лента|главные новости|новости дня|топ новостей|"
            "комментарии|оставить комментарий|добавить комментарий|обсуждение|теги|тег|метки|"
            "ключевые слова|рекомендуем|вам может быть интересно|смотрите также|ещё новости|"
            "еще новости|новости партнёров|новости партнеров|об авторе",
        .licence =
            "использование материалов|использовании материалов|использования материалов|"
            "гиперссылк|при цитировании|перепечатка материалов|перепечатка разрешена|"
            "перепечатке материалов|ссылка на источник|ссылкой на источник|активная ссылка|"
            "воспроизведение материалов|при копировании материалов",
        .rights = "все права защищены",
        .cookies =
            "мы используем cookie|мы используем файлы cookie|сайт использует cookie|"
            "сайт использует файлы cookie|использует куки|использование файлов cookie|"
            "использованием cookie|мы используем куки|принять все cookie|настройки cookie",
        .login =
            "войти|вход|логин|пароль|имя пользователя|электронная почта|забыли пароль|"
            "забыли пароль?|запомнить меня|регистрация|зарегистрироваться|вход в личный кабинет|"
            "создать аккаунт|войти через google|нет аккаунта|нет аккаунта?|авторизация",
        .errors =
            "ошибка 4|ошибка 5|страница не найдена|страница не существует|запрашиваемая страница|"
            "к сожалению, страница|доступ запрещен|доступ запрещён|такой страницы|"
            "сервис недоступен|внутренняя ошибка|материал не найден|проверка браузера",
    },
    {
        .language = "hy",
        .months =
            "հունվարի հունվար հնվ|փետրվարի փետրվար փետ|մարտի մարտ մրտ|ապրիլի ապրիլ ապր|"
            "մայիսի մայիս մյս|հունիսի հունիս հնս|հուլիսի հուլիս հլս|օգոստոսի օգոստոս օգս|"
            "սեպտեմբերի սեպտեմբեր սեպ|հոկտեմբերի հոկտեմբեր հոկ|նոյեմբերի նոյեմբեր նոյ|"
            "դեկտեմբերի դեկտեմբեր դեկ",
        .date_noise =
            "երկուշաբթի|երեքշաբթի|չորեքշաբթի|հինգշաբթի|ուրբաթ|շաբաթ|կիրակի|թ|թվական|թվականի|ժամը|"
            "ժամ|ամսաթիվ|ին",
        .published = "հրապարակվել է|հրապարակված է|հրապարակվել|ամսաթիվ",
        .updated = "թարմացվել է|թարմացված է|թարմացվել|վերջին թարմացումը",
        .byline = "հեղինակ|հեղինակներ|հեղինակը|տեքստ|թղթակից|պատրաստեց",
        .byline_bare = "հեղինակ",
        .section_label = "բաժին|թեմա|կատեգորիա",
        .home = "գլխավոր|գլխավոր էջ",
        .sections =
            "աշխարհ|քաղաքականություն|տնտեսություն|հասարակություն|մշակույթ|սպորտ|գիտություն|"
            "տեխնոլոգիաներ|առողջություն|կարծիք|վերլուծություն|տարածաշրջան|միջազգային|բանակ|"
            "հարցազրույց|լուրեր|կրթություն|իրավունք|մարզեր|բիզնես|էկոլոգիա|շրջակա միջավայր",
        .views =
            "դիտում|դիտումներ|դիտումներ՝|դիտվել է|դիտումների քանակը|դիտումների թիվը|դիտվել|"
            "ընթերցվել է",
        .furniture =
            "որոնում|որոնել|մենյու|ցանկ|փակել|կիսվել|տարածել|տպել|տպագրել|պատճենել|"
            "պատճենել հղումը|հղումը պատճենված է|գովազդ|բեռնվում է|բեռնում|ավելին|տեսնել ավելին|"
            "բոլոր լուրերը|մուտք|գրանցվել|բաժանորդագրվել|մեր մասին|կապ|հետադարձ կապ|գլխավոր|հայ|"
            "հայերեն|рус|eng|լուսանկար|տեսանյութ|տեսանյութեր|արխիվ|եղանակ|ուղիղ եթեր|մեկնաբանել|"
            "վերև|հետ|հաջորդը|նախորդը|ընդունել",
        .furniture_starts =
            "կարդացեք նաև՝|կարդացեք նաև:|կարդացեք նաև |լուսանկարը՝|լուսանկար՝|լուսանկարը:|"
            "հետևեք մեզ|բաժանորդագրվեք|միացեք մեզ|կիսվել |տարածել |ֆոտո՝",
        .furniture_has = "րոպե ընթերցում|սոցիալական ցանցերում!",
        .ends =
            "առնչվող լուրեր|նմանատիպ նյութեր|կարդացեք նաև|այլ լուրեր|վերջին լուրեր|ամենաընթերցված|"
            "ամենադիտված|լրահոս|օրվա լուրեր|մեկնաբանություններ|թողնել մեկնաբանություն|պիտակներ|"
            "թեգեր|հանրաճանաչ|թեմայի շուրջ|խորհուրդ ենք տալիս",
        .licence =
            "հղումը պարտադիր|հիպերհղում|հղում կատարել|նյութերի օգտագործում|նյութերն օգտագործել|"
            "մեջբերում կատարելիս",
        .rights = "բոլոր իրավունքները պաշտպանված|իրավունքները պաշտպանված են",
        .cookies =
            "օգտագործում է թխուկներ|օգտագործում ենք թխուկներ|օգտագործում ենք cookie|"
            "օգտագործում է cookie",
        .login =
            "մուտք|գաղտնաբառ|օգտանուն|էլ. փոստ|էլ․ փոստ|մոռացել եք գաղտնաբառը|"
            "մոռացել եք գաղտնաբառը՞|գրանցվել|գրանցում|հիշել ինձ",
        .errors = "էջը չի գտնվել|էջը գոյություն չունի|սխալ 4|սխալ 5|մուտքն արգելված|հարցված էջը",
    },
    {
        .language = "az",
        .months =
            "yanvar yan|fevral fev|mart mar|aprel apr|may|iyun|iyul|avqust avq|sentyabr sen|"
            "oktyabr okt|noyabr noy|dekabr dek",
        .date_noise = "bazar|ertəsi|çərşənbə|axşamı|cümə|şənbə|saat|il|tarix",
        .published = "dərc olunub|tarix|dərc tarixi|yayımlanıb",
        .updated = "yenilənib|yeniləndi|son yenilənmə",
        .byline = "müəllif|müəlliflər|mətn|hazırladı",
        .byline_bare = "müəllif",
        .section_label = "bölmə|rubrika|kateqoriya|mövzu",
        .home = "ana səhifə|əsas səhifə",
        .sections =
            "dünya|siyasət|iqtisadiyyat|cəmiyyət|mədəniyyət|idman|elm|texnologiya|sağlamlıq|"
            "analitika|region|hadisə|ordu|müsahibə|təhsil|xəbərlər|biznes|energetika",
        .views = "baxış|baxış sayı|oxunub|baxılıb|oxunma sayı|dəfə baxılıb",
        .furniture =
            "axtar|axtarış|menyu|bağla|paylaş|çap et|çap|linki kopyala|keçidi kopyala|reklam|"
            "yüklənir|yüklənir...|daha çox|ətraflı|bütün xəbərlər|giriş|qeydiyyat|abunə ol|"
            "haqqımızda|əlaqə|ana səhifə|foto|video|arxiv|hava|şərh yaz|geri|yuxarı|canlı",
        .furniture_starts =
            "bizi izləyin|həmçinin oxuyun:|həmçinin oxu:|foto:|abunə olun|paylaş:|kanalımıza ",
        .furniture_has = "dəqiqəlik oxu|sosial şəbəkələrdə paylaş",
        .ends =
            "oxşar xəbərlər|əlaqəli xəbərlər|digər xəbərlər|son xəbərlər|ən çox oxunanlar|"
            "xəbər lenti|həmçinin oxuyun|şərhlər|teqlər|etiketlər|günün xəbərləri|açar sözlər",
        .licence =
            "istinad vacib|istinad zəruri|hiperlink|hiperkeçid|materiallardan istifadə|"
            "istinad olunmalıdır",
        .rights = "bütün hüquqlar qorunur|müəllif hüquqları qorunur",
        .cookies = "kuki fayllarından istifadə|cookie fayllarından istifadə|saytımız kukilərdən",
        .login =
            "giriş|daxil ol|şifrə|parol|istifadəçi adı|şifrəni unutmusunuz|şifrəni unutmusunuz?|"
            "qeydiyyat",
        .errors =
            "səhifə tapılmadı|xəta 4|xəta 5|belə bir səhifə|giriş qadağandır|axtardığınız səhifə",
    },
};
// clang-format on

}  // namespace

std::span<const LanguageWords> RegionLanguageWords() { return kRegionLanguages; }

}  // namespace telex::ingestion::page
