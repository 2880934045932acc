use std::sync::OnceLock;

use chrono::NaiveDate;

use crate::locale::Catalogue;
use crate::message::Locale;

/// Built once: the property tests ask it hundreds of times.
fn catalogue() -> &'static Catalogue {
    static SHIPPED: OnceLock<Catalogue> = OnceLock::new();
    SHIPPED.get_or_init(|| Catalogue::shipped(&Locale::parse("ar").unwrap()).unwrap())
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

#[test]
fn days_are_read_as_people_write_them() {
    let catalogue = catalogue();
    for (said, wanted) in [
        ("2020-09-15", "2020-09-15"),
        ("2020/9/15", "2020-09-15"),
        ("15/9/2020", "2020-09-15"),
        ("15-09-2020", "2020-09-15"),
        ("15.9.2020", "2020-09-15"),
        ("15 9 2020", "2020-09-15"),
        ("١٥/٩/٢٠٢٠", "2020-09-15"),
        ("۱۵/۹/۲۰۲۰", "2020-09-15"),
        ("15/9/2020 م", "2020-09-15"),
        ("15 September 2020", "2020-09-15"),
        ("15sep2020", "2020-09-15"),
        ("September 15, 2020", "2020-09-15"),
        ("Sept. 15th, 2020", "2020-09-15"),
        ("the 15th of September 2020", "2020-09-15"),
        ("2020 September 15", "2020-09-15"),
        ("15 September 2020 CE", "2020-09-15"),
        ("١٥ سبتمبر ٢٠٢٠", "2020-09-15"),
        ("١٥ أيلول ٢٠٢٠ م", "2020-09-15"),
        ("يوم 15 من شهر سبتمبر عام 2020", "2020-09-15"),
        ("١ كانون الثاني ٢٠٢٧", "2027-01-01"),
        ("١ كانون الأول ٢٠٢٦", "2026-12-01"),
        ("1 تشرين ثاني 2026", "2026-11-01"),
        ("٢٧ محرم ١٤٤٢", "2020-09-15"),
        ("٢٧ مُحَرَّم ١٤٤٢ هـ", "2020-09-15"),
        ("٢٧محرم١٤٤٢هـ", "2020-09-15"),
        ("27/1/1442", "2020-09-15"),
        ("١٤٤٢/٠١/٢٧", "2020-09-15"),
        ("٢٧\u{200F}/١\u{200F}/١٤٤٢ هـ", "2020-09-15"),
        ("27 Muharram 1442 AH", "2020-09-15"),
        ("1 Ramadan 1445", "2024-03-11"),
        ("1 Dhuʻl-Hijjah 1445", "2024-06-07"),
        ("١ ذي الحجة ١٤٤٥", "2024-06-07"),
        ("1 Rabiʻ II 1448", "2026-09-12"),
        ("١ ربيع الآخر ١٤٤٨", "2026-09-12"),
        ("29/2/2024", "2024-02-29"),
        ("اليوم", "2026-11-22"),
        ("Today!", "2026-11-22"),
        ("أمس", "2026-11-21"),
        ("yesterday", "2026-11-21"),
        ("غدًا", "2026-11-23"),
        ("بكره", "2026-11-23"),
        ("tomorrow", "2026-11-23"),
        ("١٥ سبتمبر ٢٠٢٠ م (٢٧ محرم ١٤٤٢ هـ)", "2020-09-15"),
        ("١٥ سبتمبر ٢٠٢٠ م (٢٨ محرم ١٤٤٢ هـ)", "-"),
    ] {
        let read = catalogue.read_day(said, today()).map_or("-".to_owned(), |day| day.to_string());
        assert_eq!(read, wanted, "{said:?}");
    }
}

#[test]
fn what_is_not_a_day_is_refused() {
    let catalogue = catalogue();
    for said in [
        "",
        "?",
        "soon",
        "في أقرب وقت",
        "30/02/2024",
        "29/2/2023",
        "31/4/2026",
        "30/2/1447",
        "12/25/2020",
        "0/1/2020",
        "1/0/2020",
        "15/9/20",
        "15 September 20",
        "15 September",
        "September 2020",
        "15/9",
        "20200915",
        "15:9:2020",
        "15/9/2020/1",
        "15/9/02020",
        "15/9/0001",
        "15/9/1200",
        "27/1/1601 هـ",
        "27 محرم 2020",
        "15 September 1442",
        "15/9/2020 هـ",
        "27/1/1442 م",
        "31/1/1442",
        "15/13/2020",
        "15/9/2020 18/9/2020",
        "(",
        "99999999999999999999/9/2020",
    ] {
        assert_eq!(catalogue.read_day(said, today()), None, "{said:?}");
    }
    assert_eq!(catalogue.read_day(&"1".repeat(100_000), today()), None);
}

proptest::proptest! {
    #[test]
    fn what_we_write_we_can_read(days in -15_000i32..50_000) {
        let catalogue = catalogue();
        let day = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::Duration::days(days.into());
        for locale in catalogue.locales() {
            for text in [catalogue.day(locale, day), catalogue.gregorian(locale, day), day.to_string()] {
                proptest::prop_assert_eq!(catalogue.read_day(&text, today()), Some(day), "{}", text);
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,30}|[0-9٠-٩/ .()a-zم-ي-]{0,30}") {
        let _ = catalogue().read_day(&text, today());
    }
}
