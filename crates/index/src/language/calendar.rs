//! Dates as words, words of time in texts, and words that ask for a time.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use anchorhold_model::Timestamp;

use super::Language;

/// Names of months, words of time, and words that ask when; each separated by spaces.
struct Calendar {
    months: &'static str,
    temporal: &'static str,
    when: &'static str,
}

/// Day, month in words and year, in UTC; the month as a number where its names are not known.
pub(crate) fn in_words(date: Timestamp, language: Language) -> String {
    let text = date.to_string();
    let mut parts = text.split(['-', 'T']);
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let (Some(year), Some(month), Some(day)) = (year, month, day) else {
        return String::new();
    };
    let name = month.parse::<usize>().ok().and_then(|month| {
        let mut names = of(language).months.split_whitespace();
        names.nth(month.checked_sub(1)?)
    });
    let day = day.trim_start_matches('0');
    format!("{day} {} {year}", name.unwrap_or(month))
}

/// Whether a normalised word speaks of a time: a word of the calendar or a year.
pub(crate) fn is_temporal(word: &str, language: Language) -> bool {
    static SETS: [OnceLock<BTreeSet<&'static str>>; 18] = [const { OnceLock::new() }; 18];
    let collect = || {
        let calendar = of(language);
        let temporal = calendar.temporal.split_whitespace();
        // `may` is a month, and in most texts it is not.
        let months = calendar
            .months
            .split_whitespace()
            .filter(|&month| month != "may");
        temporal.chain(months).collect()
    };
    SETS.get(language as usize)
        .is_some_and(|set| set.get_or_init(collect).contains(word))
        || is_year(word)
}

/// 1900 to 2099.
fn is_year(word: &str) -> bool {
    word.len() == 4
        && (word.starts_with("19") || word.starts_with("20"))
        && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a normalised query asks for a time, by one of its words or phrases.
pub(crate) fn asks_when(query: &str, language: Language) -> bool {
    const WITHOUT_SPACES: [&str; 10] = [
        "いつ",
        "何時",
        "何日",
        "何年",
        "什么时候",
        "什麼時候",
        "何时",
        "哪天",
        "哪年",
        "언제",
    ];
    if WITHOUT_SPACES.iter().any(|phrase| query.contains(phrase)) {
        return true;
    }
    let words: Vec<&str> = query
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    of(language).when.split_whitespace().any(|phrase| {
        let phrase: Vec<&str> = phrase.split('_').collect();
        words.windows(phrase.len()).any(|window| window == phrase)
    })
}

const fn of(language: Language) -> &'static Calendar {
    match language {
        Language::Danish => &DANISH,
        Language::Dutch => &DUTCH,
        Language::English => &ENGLISH,
        Language::Finnish => &FINNISH,
        Language::French => &FRENCH,
        Language::German => &GERMAN,
        Language::Italian => &ITALIAN,
        Language::Norwegian => &NORWEGIAN,
        Language::Portuguese => &PORTUGUESE,
        Language::Russian => &RUSSIAN,
        Language::Spanish => &SPANISH,
        Language::Swedish => &SWEDISH,
        Language::Turkish => &TURKISH,
        Language::Arabic
        | Language::Greek
        | Language::Hungarian
        | Language::Romanian
        | Language::Tamil => &NUMBERS,
    }
}

const NUMBERS: Calendar = Calendar {
    months: "",
    temporal: "",
    when: "متى πότε mikor când எப்போது",
};

const ENGLISH: Calendar = Calendar {
    months: "january february march april may june july august september october november december",
    temporal: "today yesterday tomorrow tonight ago last next week weeks weekend weekends month \
               months year years day days morning evening afternoon night recently lately soon \
               monday tuesday wednesday thursday friday saturday sunday spring summer autumn fall \
               winter birthday anniversary christmas easter thanksgiving",
    when: "when what_time what_date what_day what_month what_year which_date which_day which_month \
           which_year which_week how_long_ago what_week since_when",
};

const GERMAN: Calendar = Calendar {
    months: "januar februar märz april mai juni juli august september oktober november dezember",
    temporal: "heute gestern vorgestern morgen übermorgen vor letzte letzten letztes nächste \
               nächsten nächstes woche wochen wochenende monat monate monaten jahr jahre jahren \
               tag tage tagen abend neulich kürzlich bald montag dienstag mittwoch donnerstag \
               freitag samstag sonnabend sonntag frühling frühjahr sommer herbst winter \
               geburtstag weihnachten ostern silvester",
    when: "wann um_wie_viel an_welchem_tag in_welchem_jahr in_welchem_monat welches_jahr welcher_tag",
};

const FRENCH: Calendar = Calendar {
    months: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    temporal: "hier demain dernier dernière prochain prochaine semaine semaines mois \
               année années ans jour jours matin soir récemment bientôt lundi mardi mercredi jeudi \
               vendredi samedi dimanche printemps été automne hiver anniversaire noël pâques",
    when: "quand quel_jour quelle_année quel_mois quelle_date quelle_heure",
};

const SPANISH: Calendar = Calendar {
    months: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    temporal: "hoy ayer anteayer mañana pasado pasada próximo próxima semana semanas mes meses año \
               años día días tarde noche recientemente pronto lunes martes miércoles jueves viernes \
               sábado domingo primavera verano otoño invierno cumpleaños navidad",
    when: "cuándo cuando qué_día qué_año qué_mes qué_fecha qué_hora",
};

const ITALIAN: Calendar = Calendar {
    months: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre \
             dicembre",
    temporal: "oggi ieri domani scorso scorsa prossimo prossima settimana settimane mese mesi anno \
               anni giorno giorni sera mattina recentemente presto lunedì martedì mercoledì giovedì \
               venerdì sabato domenica primavera estate autunno inverno compleanno natale pasqua",
    when: "quando che_giorno che_anno che_mese quale_anno che_ora",
};

const PORTUGUESE: Calendar = Calendar {
    months: "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    temporal: "hoje ontem anteontem amanhã passado passada próximo próxima semana semanas mês meses \
               ano anos dia dias tarde noite recentemente breve segunda terça quarta quinta sexta \
               sábado domingo primavera verão outono inverno aniversário natal páscoa",
    when: "quando que_dia que_ano que_mês qual_data que_horas",
};

const DUTCH: Calendar = Calendar {
    months: "januari februari maart april mei juni juli augustus september oktober november december",
    temporal: "vandaag gisteren eergisteren morgen geleden vorige volgende week weken weekend maand \
               maanden jaar jaren dag dagen avond onlangs binnenkort maandag dinsdag woensdag \
               donderdag vrijdag zaterdag zondag lente zomer herfst winter verjaardag kerst pasen",
    when: "wanneer welke_dag welk_jaar welke_maand hoe_laat",
};

const SWEDISH: Calendar = Calendar {
    months: "januari februari mars april maj juni juli augusti september oktober november december",
    temporal: "idag igår imorgon förra nästa vecka veckan veckor helg helgen månad månaden månader år \
               året dag dagen dagar kväll nyligen snart måndag tisdag onsdag torsdag fredag lördag \
               söndag vår sommar höst vinter födelsedag jul påsk",
    when: "när vilken_dag vilket_år vilken_månad",
};

const NORWEGIAN: Calendar = Calendar {
    months: "januar februar mars april mai juni juli august september oktober november desember",
    temporal: "dag går morgen siden forrige neste uke uken uker helg helgen måned måneden måneder år \
               året dager kveld nylig snart mandag tirsdag onsdag torsdag fredag lørdag søndag vår \
               sommer høst vinter bursdag jul påske",
    when: "når hvilken_dag hvilket_år",
};

const DANISH: Calendar = Calendar {
    months: "januar februar marts april maj juni juli august september oktober november december",
    temporal: "dag går morgen siden sidste næste uge ugen uger weekend weekenden måned måneden måneder \
               år året dage aften nylig snart mandag tirsdag onsdag torsdag fredag lørdag søndag \
               forår sommer efterår vinter fødselsdag jul påske",
    when: "hvornår hvilken_dag hvilket_år",
};

const FINNISH: Calendar = Calendar {
    months: "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu \
             marraskuu joulukuu",
    temporal: "tänään eilen toissapäivänä huomenna sitten viime ensi viikko viikkoa viikolla \
               viikonloppuna kuukausi kuukautta vuosi vuotta vuonna päivä päivää illalla \
               hiljattain pian maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai \
               keväällä kesällä syksyllä talvella syntymäpäivä joulu",
    when: "milloin koska minä_päivänä minä_vuonna",
};

const RUSSIAN: Calendar = Calendar {
    months: "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    temporal: "сегодня вчера позавчера завтра послезавтра назад прошлый прошлой прошлом следующий \
               следующей неделя неделю недели неделе выходные месяц месяца месяце год года году \
               день дня дней вечером утром недавно скоро понедельник вторник среду четверг пятницу \
               субботу воскресенье весной летом осенью зимой рождения",
    when: "когда какого_числа каком_году какой_день каком_месяце",
};

const TURKISH: Calendar = Calendar {
    months: "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    temporal: "bugün dün yarın önce geçen gelecek hafta haftası ay yıl sene gün akşam sabah yakında \
               pazartesi salı çarşamba perşembe cuma cumartesi pazar ilkbahar yaz sonbahar kış \
               bayram",
    when: "zaman hangi_gün hangi_yıl hangi_ay",
};
