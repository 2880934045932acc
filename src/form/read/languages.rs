//! Which language a column is in: `English (en)`, `Arabic`, `العربية`, `ar`.

use crate::message::Locale;

/// The languages that may be named without a code, each with its tag and its names in English and its own
/// script (names from CLDR 48, with the spellings seen in published forms).
const NAMES: &[(&str, &[&str])] = &[
    ("am", &["amharic", "አማርኛ"]),
    ("ar", &["arabic", "العربية", "عربي", "عربى", "اللغة العربية"]),
    ("bn", &["bengali", "bangla", "বাংলা"]),
    ("ckb", &["sorani", "central kurdish", "کوردیی ناوەندی"]),
    ("de", &["german", "deutsch"]),
    ("en", &["english"]),
    ("es", &["spanish", "español", "espanol"]),
    ("fa", &["persian", "farsi", "فارسی"]),
    ("fa-AF", &["dari", "دری"]),
    ("fil", &["filipino", "tagalog"]),
    ("fr", &["french", "français", "francais"]),
    ("ha", &["hausa"]),
    ("hi", &["hindi", "हिन्दी"]),
    ("id", &["indonesian", "bahasa indonesia", "indonesia"]),
    ("it", &["italian", "italiano"]),
    ("ja", &["japanese", "日本語"]),
    ("kmr", &["kurmanji", "kurdish", "kurmancî"]),
    ("ko", &["korean", "한국어"]),
    ("ml", &["malayalam", "മലയാളം"]),
    ("ms", &["malay", "bahasa melayu", "melayu"]),
    ("my", &["burmese", "မြန်မာ"]),
    ("ne", &["nepali", "नेपाली"]),
    ("nl", &["dutch", "nederlands"]),
    ("om", &["oromo", "afaan oromoo"]),
    ("ps", &["pashto", "پښتو"]),
    ("pt", &["portuguese", "português", "portugues"]),
    ("ru", &["russian", "русский"]),
    ("rw", &["kinyarwanda"]),
    ("si", &["sinhala", "සිංහල"]),
    ("so", &["somali", "soomaali", "af soomaali"]),
    ("sw", &["swahili", "kiswahili"]),
    ("ta", &["tamil", "தமிழ்"]),
    ("te", &["telugu", "తెలుగు"]),
    ("th", &["thai", "ไทย"]),
    ("ti", &["tigrinya", "ትግርኛ"]),
    ("tr", &["turkish", "türkçe", "turkce"]),
    ("uk", &["ukrainian", "українська"]),
    ("ur", &["urdu", "اردو"]),
    ("uz", &["uzbek", "o‘zbek"]),
    ("vi", &["vietnamese", "tiếng việt"]),
    ("yo", &["yoruba", "èdè yorùbá"]),
    ("zh", &["chinese", "中文", "汉语"]),
    ("zh-Hant", &["traditional chinese", "繁體中文"]),
];

/// The two-letter language codes of ISO 639-1.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da \
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii \
    ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn \
    mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si \
    sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi \
    yo za zh zu";

/// The language that `text` names: by the code in brackets at its end, by name, or as a code. `None` if unknown.
pub(super) fn language(text: &str) -> Option<Locale> {
    let text = text.trim();
    if let Some((_, code)) = text.strip_suffix(')').and_then(|inner| inner.rsplit_once('(')) {
        return coded(code);
    }
    let name = text.to_lowercase();
    let named = NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(tag, _)| *tag);
    named.and_then(|tag| Locale::parse(tag).ok()).or_else(|| coded(text))
}

/// A code: a two-letter one of ISO 639-1 or one of three letters, with script and region if need be.
pub(super) fn coded(code: &str) -> Option<Locale> {
    let locale = Locale::parse(code).ok()?;
    let language = locale.language();
    let known = match language.len() {
        2 => CODES.split_whitespace().any(|code| code == language),
        length => length == 3 && language != "und",
    };
    known.then_some(locale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known_by_code_or_name() {
        let check = |text: &str, expected: &str| {
            let found = language(text).map(|locale| locale.as_str().to_owned()).unwrap_or_default();
            assert_eq!(found, expected, "{text}");
        };
        check("English (en)", "en");
        check("Arabic", "ar");
        check("العربية", "ar");
        check("anything (ur)", "ur");
        check("zh_hant", "zh-Hant");
        check("Dari", "fa-AF");
        check("AR", "ar");
        check("fil", "fil");
        check("Klingonese", "");
        check("xx", "");
        check("English ()", "");
        check("", "");
        for (tag, names) in NAMES {
            assert!(coded(tag).is_some(), "{tag}");
            names.iter().for_each(|name| check(name, tag));
        }
    }
}
