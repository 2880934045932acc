use super::*;

fn at(now: &str, zone: chrono_tz::Tz) -> Given {
    let answers = [("d", "2026-01-10"), ("dt", "2026-01-10T08:00:00.000+02:00"), ("bad", "2026-02-30")];
    Given { zone, now: Timestamp::parse(now).unwrap(), ..Given::of(&answers) }
}

#[test]
fn in_greenwich() {
    check(
        &at("2026-01-15T09:30:00Z", chrono_tz::UTC),
        &[
            ("today()", "2026-01-15"),
            ("now()", "2026-01-15T09:30:00.000+00:00"),
            ("'2026-01-15' + 1", "20469"), // ODK
            ("today() + 7", "20475"),      // ODK
            ("date(today() + 7)", "2026-01-22"),
            ("date(20468)", "2026-01-15"),
            ("date('2026-1-5')", "2026-01-05"),
            ("date('2026-02-30')", ""),
            ("date('2026-2-30')", ""),
            ("date('nonsense')", ""),
            ("date('')", ""),
            ("date(true())", ""),
            ("date(1 div 0)", ""),
            ("date('2026-01-05T10:00:00')", "2026-01-05"),
            ("${bad} + 1", ""),
            ("${bad} < today()", "false"),
            ("${d} < today()", "true"),
            ("${d} = '2026-01-10'", "true"),
            ("today() - ${d}", "5"),
            ("int((today() - ${d}) div 365.25)", "0"),
            ("${dt} < now()", "true"),
            ("${dt} + 0", "20463.25"), // ODK
            ("today() = '2026-01-15'", "true"),
            ("decimal-date-time('2026-01-15T12:00:00Z')", "20468.5"),
            ("decimal-date-time('x')", ""),
            ("decimal-date-time(3)", "3"),
        ],
    );
}

#[test]
fn days_begin_at_midnight_in_the_forms_zone() {
    check(
        &at("2026-01-15T22:30:00Z", chrono_tz::Asia::Beirut),
        &[
            ("today()", "2026-01-16"),
            ("now()", "2026-01-16T00:30:00.000+02:00"),
            ("'2026-01-15' + 1", "20468.916666666668"), // ODK
            ("decimal-date-time('2026-01-15')", "20467.916666666668"), // ODK
            ("date('2026-01-15T23:30:00Z')", "2026-01-16"),
            ("date(today() + 7)", "2026-01-23"),
            ("date(today() + 120)", "2026-05-16"), // summer time begins in between
        ],
    );
    // Summer time ends on 2026-10-25 and days are added as 24 hours.
    check(&at("2026-10-20T09:00:00Z", chrono_tz::Asia::Beirut), &[("date(today() + 10)", "2026-10-30")]);
}

#[test]
fn a_midnight_that_summer_time_leaves_out_still_begins_its_day() {
    // In Beirut the hour from 0:00 to 1:00 is missing on 2026-03-29.
    check(
        &at("2026-03-28T22:30:00Z", chrono_tz::Asia::Beirut),
        &[
            ("today()", "2026-03-29"),
            ("date(decimal-date-time('2026-03-29'))", "2026-03-29"),
            ("decimal-date-time('2026-03-29') - decimal-date-time('2026-03-28')", "1"),
        ],
    );
}

#[test]
fn instants_and_their_offsets() {
    let zone = chrono_tz::UTC;
    let days = |text: &str| Value::made(text.to_owned()).number_in(zone);
    for (text, expected) in [
        ("1970-01-02", 1.0),
        ("1970-01-01T12:00", 0.5),
        ("1970-01-01T12:00:00.000", 0.5),
        ("1970-01-01T12:00:00+06:00", 0.25),
        ("1970-01-01T06:00:00-06:00", 0.5),
        ("1970-01-01T12:00:00Z", 0.5),
        ("1970-1-2", f64::NAN),
        ("1970-01-01T25:00", f64::NAN),
        ("1970-01-01T12:00+25:00", f64::NAN),
        ("1970-01-01 12:00", f64::NAN),
        ("+970-01-01", f64::NAN),
        ("١٩٧٠-٠١-٠١", f64::NAN),
    ] {
        let found = days(text);
        assert!(found == expected || found.is_nan() && expected.is_nan(), "{text}: {found}");
    }
}

#[test]
fn formats() {
    check(
        &at("2026-01-05T09:03:07.045Z", chrono_tz::UTC),
        &[
            ("format-date(today(), '%Y-%m-%d %y %e %n %b %a')", "2026-01-05 26 5 1 Jan Mon"),
            ("format-date(today(), '%A %B')", "Monday January"),
            ("format-date-time(now(), '%H:%M:%S.%3 %h')", "09:03:07.045 9"),
            ("format-date(today() + 7, '%d')", "12"),
            ("format-date('x', '%d')", ""),
            ("format-date(${nothing}, '%Y')", ""),
            ("format-date(${bad}, '%Y')", ""),
            ("format-date('2026-01-15', '100%, %x %')", "100%, %x %"),
        ],
    );
}

#[test]
fn months_between_days() {
    let given = Given::of(&[]);
    for (from, to, months) in [
        ("2026-01-15", "2026-02-14", "0"),
        ("2026-01-15", "2026-02-15", "1"),
        ("2026-01-31", "2026-02-28", "1"),
        ("2020-02-29", "2021-02-28", "12"),
        ("2026-02-15", "2026-01-15", "-1"),
        ("2026-02-15", "2026-01-16", "0"),
        ("2026-01-15", "2026-01-15", "0"),
        ("2026-01-15", "", ""),
    ] {
        let text = format!("difference-in-months('{from}', '{to}')");
        assert_eq!(parsed(&text).eval(&given).text(), months, "{text}");
    }
}
