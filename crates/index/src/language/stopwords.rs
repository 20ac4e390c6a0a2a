//! Words of each language that carry no meaning of their own, in lower case.
//!
//! Short lists of articles, pronouns, prepositions, conjunctions and auxiliaries: a word that is
//! missing costs a little precision, a word too many makes a memory impossible to find by it.

use super::Language;

/// The stopwords of a language, separated by spaces.
pub(super) const fn of(language: Language) -> &'static str {
    match language {
        Language::Arabic => ARABIC,
        Language::Danish => DANISH,
        Language::Dutch => DUTCH,
        Language::English => ENGLISH,
        Language::Finnish => FINNISH,
        Language::French => FRENCH,
        Language::German => GERMAN,
        Language::Greek => GREEK,
        Language::Hungarian => HUNGARIAN,
        Language::Italian => ITALIAN,
        Language::Norwegian => NORWEGIAN,
        Language::Portuguese => PORTUGUESE,
        Language::Romanian => ROMANIAN,
        Language::Russian => RUSSIAN,
        Language::Spanish => SPANISH,
        Language::Swedish => SWEDISH,
        Language::Tamil => TAMIL,
        Language::Turkish => TURKISH,
    }
}

const ARABIC: &str = "\
    في من على إلى عن مع هذا هذه ذلك تلك التي الذي الذين هو هي هم هن أنا نحن أنت أنتم كان كانت \
    يكون تكون أن إن لا لم لن ما ماذا كيف أين متى هل و أو ثم قد كل بعض بين بعد قبل عند حتى إذا";

const DANISH: &str = "\
    og i jeg det at en et den til er som på de med han af for ikke der var mig sig men har om vi \
    min havde ham hun nu over da fra du ud sin dem os op man hans hvor eller hvad skal selv her \
    alle vil blev kunne ind når være dog noget ville jo deres efter ned skulle denne end dette \
    mit også under have dig anden hende mine alt meget sit sine vor mod hvis din nogle hos blive \
    mange bliver hendes været thi jer sådan kan hvem hvorfor hvordan";

const DUTCH: &str = "\
    de het een en van ik te dat die in is op aan met als voor had er maar om hem dan zou of wat \
    mijn men dit zo door over ze zich bij ook tot je mij uit der daar haar naar heb hoe heeft \
    hebben deze u want nog zal me zij nu ge geen omdat iets worden toch al waren veel meer doen \
    toen moet ben zonder kan hun dus alles onder ja eens hier wie werd altijd wordt was wil niet \
    we wij jij jullie hij ons onze jouw waar waarom welke";

const ENGLISH: &str = "\
    a about all also am an and any are as at be because been being both but by can could did do \
    does doing don't done each else for from get got had has have having he her here hers \
    herself him himself his how i if in into is it its itself just let like me mine more most \
    much my myself no nor not of on one only or other our ours ourselves out over own really \
    shall she should so some such than that the their theirs them themselves then there these \
    they this those through to too up us very was we were what when where which while who whom \
    whose why will with would yes you your yours yourself yourselves won't can't isn't aren't \
    wasn't weren't didn't doesn't haven't hasn't hadn't couldn't shouldn't wouldn't ain't";

const FINNISH: &str = "\
    ja on ei se että hän oli olla olen olet olemme olette ovat mutta kun niin kuin myös tai joka \
    jos nyt vain ole minä sinä me te he ne tämä tuo nämä nuo mikä kuka missä miten miksi mitä \
    minun sinun hänen meidän teidän heidän sen jo en et emme ette eivät ollut olisi sekä vaan \
    mukaan kanssa noin yli jotka joita jossa johon";

const FRENCH: &str = "\
    qu jusqu lorsqu puisqu le la les un une des du de d l et à au aux en dans sur sous pour par \
    avec sans ce cet cette ces c s se sa son ses mon ma mes ton ta tes notre nos votre vos leur \
    leurs je j tu il elle on nous vous ils elles me m te t lui moi toi eux y qui que qu quoi \
    dont où ne n pas plus est es suis sommes êtes sont était étais étaient étions été être ai as \
    a avons avez ont avait avais avaient avoir eu fut sera serait mais ou donc or ni car si \
    comme quand comment pourquoi quel quelle quels quelles aussi très tout tous toute toutes \
    fait";

const GERMAN: &str = "\
    der die das den dem des ein eine einen einem einer eines und oder aber in im an am auf aus \
    bei mit nach von vom zu zum zur für über unter um durch gegen ohne bis ich du er sie es wir \
    ihr mich dich sich uns euch mir dir ihm ihn ihnen mein meine meinen meinem meiner dein deine \
    deinen sein seine seinen seinem seiner ihre ihren ihrem ihrer unser unsere euer eure ist bin \
    bist sind seid war waren warst gewesen wird werden wurde wurden werde habe hast hat haben \
    habt hatte hatten kann können konnte muss müssen soll sollen will wollen nicht kein keine \
    keinen auch nur noch schon so wie was wer wen wem wo wann warum welche welcher welches dass \
    daß wenn als denn weil ob da dann dieser diese dieses diesen diesem jener jene hier dort man \
    sehr mehr doch mal";

const GREEK: &str = "\
    ο η το οι τα του της των τον την τους τις και κι να θα δεν δε μη μην με σε από για προς στο \
    στη στην στον στα στις στους ως αν αλλά ή ότι που πως πώς τι ποιος ποια ποιο είναι ήταν \
    είμαι είσαι είμαστε είστε έχω έχει έχουν είχε μου σου μας σας εγώ εσύ εμείς αυτός αυτή αυτό \
    αυτοί αυτές ένας μια μία ένα όταν γιατί πού πολύ πιο";

const HUNGARIAN: &str = "\
    a az és egy hogy nem is de meg ez ezt azt ha mint csak már volt van voltak vagyok vagy \
    vagyunk vannak lesz lenne én te ő mi ti ők engem téged őt minket az ezek azok ami aki amely \
    akik amelyek mert még el ki be fel le át ide oda itt ott így úgy hogyan miért hol mikor ki \
    mit nagyon minden pedig után között által szerint";

const ITALIAN: &str = "\
    d l c n s dell all dall nell sull quest quell il lo la i gli le l un uno una di a da in con \
    su per tra fra del dello della dei degli delle al allo alla ai agli alle dal dalla dai dalle \
    nel nella nei nelle sul sulla sui sulle e ed o ma se che chi cui non più come dove quando \
    perché quale quali questo questa questi queste quello quella quelli quelle io tu lui lei noi \
    voi loro mi ti ci vi si ne me te mio mia miei mie tuo tua tuoi tue suo sua suoi sue nostro \
    nostra vostro vostra sono sei è siamo siete era ero erano stato stata essere ho hai ha \
    abbiamo avete hanno aveva avevo avere cosa anche molto";

const NORWEGIAN: &str = "\
    og i jeg det at en et den til er som på de med han av ikke der så var meg seg men ett har om \
    vi min mitt ha hadde hun nå over da ved fra du ut sin dem oss opp man kan hans hvor eller \
    hva skal selv her alle vil bli ble blitt kunne inn når være kom noe ville deres etter ned \
    skulle denne for deg si sine sitt mot å meget hvorfor dette disse uten hvordan din ditt blir \
    hvilken hvem vår mellom hvis både bare";

const PORTUGUESE: &str = "\
    o a os as um uma uns umas de do da dos das em no na nos nas por pelo pela pelos pelas para \
    com sem sob sobre entre até e ou mas se que quem qual quais como onde quando porque porquê \
    não mais muito eu tu ele ela nós vós eles elas você vocês me te lhe lhes meu minha meus \
    minhas teu tua teus tuas seu sua seus suas nosso nossa este esta estes estas esse essa esses \
    essas isto isso aquele aquela aquilo é és sou somos são era eram foi foram ser estar está \
    estão estava tem tenho têm tinha ter há já também só ao aos à às";

const ROMANIAN: &str = "\
    și si în in la de pe cu din pentru prin sub un o unui unei niște al a ai ale cel cea cei \
    cele că să se nu mai este e sunt ești suntem sunteți era erau fost fi am ai are avem aveți \
    au avea eu tu el ea noi voi ei ele mă te îl îi ne vă le mi ți meu mea tău ta său sa lui lor \
    acest această acești aceste acel ce care cine unde când cum dar sau dacă ca decât foarte \
    doar";

const RUSSIAN: &str = "\
    и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее её \
    мне было вот от меня еще ещё нет о из ему теперь когда даже ну ли если уже или ни быть был \
    была были него до вас нибудь вам ведь там потом себя ей они тут где есть надо ней для мы \
    тебя их чем сам чтоб без чего себе под будет тогда кто этот того потому этого какой какая \
    какие каком ним этом один мой моя мои моё твой твоя наш ваш свой эти эта это об при над \
    чтобы нас про них которая который которые почему очень";

const SPANISH: &str = "\
    el la los las lo un una unos unas de del a al en con por para sin sobre entre hasta desde y \
    e o u pero si que qué quien quién quienes cual cuál cuales cuáles como cómo donde dónde \
    cuando cuándo porque no más muy yo tú él ella nosotros vosotros ellos ellas usted ustedes me \
    te se nos os le les mi mis tu tus su sus mío mía tuyo suyo nuestro nuestra vuestro este esta \
    estos estas ese esa esos esas esto eso aquel aquella es soy eres somos son era eran fue \
    fueron ser estar está están estoy estaba he has ha hemos han había haber hay también ya sí \
    tiene tengo tienen tener";

const SWEDISH: &str = "\
    och i jag det att en ett den till är som på de med han av för inte där var mig sig men har \
    om vi min mitt hade honom hon nu över då från du ut sin dem oss upp man hans hur eller vad \
    ska själv här alla vill blev kunde in när vara något ville deras efter ner skulle denna än \
    detta också under ha dig hennes mina allt mycket sitt sina vår mot om din någon hos bli \
    många blir varit så kan vem varför vilken vilket vilka inom mellan utan";

const TAMIL: &str = "\
    ஒரு என்று மற்றும் இந்த இது என்ற கொண்டு என்பது பல ஆகும் அல்லது அவர் நான் உள்ள அந்த இவர் என \
    முதல் என்ன இருந்து சில என் போன்ற வேண்டும் வந்து இதன் அது அவன் தான் என்னும் மேலும் பின்னர் நீ \
    நாம் எப்போது எங்கே யார்";

const TURKISH: &str = "\
    ve veya ya da de ki bu şu o bir ben sen biz siz onlar beni seni onu bizi sizi onları bana \
    sana ona bize size onlara benim senin onun bizim sizin onların mi mı mu mü ne nasıl neden \
    niçin nerede kim hangi için ile ama fakat çünkü gibi kadar daha en çok az her hiç değil var \
    yok idi olan olarak oldu olduğu ise eğer sonra göre";
