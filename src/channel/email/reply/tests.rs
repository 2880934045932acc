//! Replies as clients write them: each form once, and what looks like one and is none.

use super::*;

fn is(text: &str, new: &str) {
    assert_eq!(part(text).text, new, "{text}");
}

/// The lines above a quotation: with `>` below them, and without.
#[test]
fn the_line_above_a_quotation_goes() {
    for above in [
        "On Tue, 3 Mar 2026 at 09:15, The Centre <help@charity.example> wrote:",
        "On 03/03/2026 09:15, The Centre wrote:",
        "On Mar 3, 2026, at 9:15 AM, The Centre\n<help@charity.example>\nwrote:",
        "> On Mar 3, 2026, at 9:15 AM, The Centre wrote:\n>",
        "---- On Tue, 03 Mar 2026 09:15:00 +0300 help@charity.example wrote ----",
        "Le mar. 3 mars 2026 à 09:15, Le Centre <help@charity.example> a écrit :",
        "Am 03.03.2026 um 09:15 schrieb Die Stelle <help@charity.example>:",
        "El mar, 3 mar 2026 a las 9:15, Centro (<help@charity.example>) escribió:",
        "Il giorno mar 3 mar 2026 alle ore 09:15 Centro <help@charity.example> ha scritto:",
        "Op di 3 mrt 2026 om 09:15 schreef Het Centrum <\nhelp@charity.example>:",
        "Em ter., 3 de mar. de 2026 às 09:15, Centro <help@charity.example> escreveu:",
        "вт, 3 мар. 2026 г. в 09:15, Центр <help@charity.example>:",
        "3 Mar 2026 Sal, 09:15 tarihinde Merkez <help@charity.example> şunu yazdı:",
        "03.03.2026, 09:15, \"The Centre\" <help@charity.example>:",
        "בתאריך יום ג׳, 3 במרץ 2026 ב-9:15 מאת המרכז <help@charity.example>:",
        "بروز منگل، 3 مارچ، 2026 کو 9:15 AM بجے مرکز <help@charity.example> نے لکھا:",
        "در تاریخ سه‌شنبه ۳ مارس ۲۰۲۶،‏ ۹:۱۵ مرکز <help@charity.example> نوشت:",
    ] {
        is(&format!("six of us\n\n{above}\n\n> how many?\n> of you"), "six of us");
        is(&format!("six of us\n{above}\n> how many?"), "six of us");
        if !above.starts_with('>') {
            is(&format!("six of us\n\n{above}\n\nhow many?\nof you"), "six of us");
        }
    }
}

/// Every form that Arabic clients write, plain, right-to-left embedded and wrapped.
#[test]
fn every_arabic_form_goes() {
    for (above, wrapped) in [
        (
            "في الثلاثاء، 3 مارس 2026 في 9:15 ص تمت كتابة ما يلي بواسطة المركز <help@charity.example>:",
            "في الثلاثاء، 3 مارس 2026 في 9:15 ص تمت كتابة ما يلي بواسطة المركز\n<help@charity.example>:",
        ),
        (
            "في الثلاثاء، ٣ مارس ٢٠٢٦, ٩:١٥ ص المركز <help@charity.example> كتب:",
            "في الثلاثاء، ٣ مارس ٢٠٢٦, ٩:١٥ ص المركز\n<help@charity.example> كتب:",
        ),
        (
            "بتاريخ 3 مارس، 2026 9:15 ص، جاء من المركز <help@charity.example>:",
            "بتاريخ 3 مارس، 2026 9:15 ص، جاء من المركز <\nhelp@charity.example>:",
        ),
        (
            "بتاريخ ٠٣/٠٣/٢٠٢٦ ٩:١٥ ص، كتب \"المركز\" <help@charity.example>:",
            "بتاريخ ٠٣/٠٣/٢٠٢٦ ٩:١٥ ص، كتب \"المركز\"\n<help@charity.example>:",
        ),
        (
            "في ٣ مارس ٢٠٢٦، الساعة ٩:١٥ ص، كتب/كتبت المركز <help@charity.example>:",
            "في ٣ مارس ٢٠٢٦، الساعة ٩:١٥ ص، كتب/كتبت المركز\n<help@charity.example>:",
        ),
        (
            "في ٣ مارس ٢٠٢٦، الساعة ٩:١٥ ص، كتب المركز <help@charity.example>:",
            "في ٣ مارس ٢٠٢٦، الساعة\n٩:١٥ ص، كتبت المركز <help@charity.example>:",
        ),
    ] {
        let embedded = format!("\u{202B}{above}\u{202C}");
        let marked = format!(
            "\u{200F}{}",
            above.replace("help@charity.example", "\u{202A}help@charity.example\u{202C}\u{200F}")
        );
        for above in [above, wrapped, &embedded, &marked] {
            is(&format!("نحن ستة\nوشكراً\n\n{above}\n\n> كم عددكم؟\n> المركز"), "نحن ستة\nوشكراً");
            is(&format!("نحن ستة\n\n{above}\nكم عددكم؟"), "نحن ستة");
        }
    }
}

#[test]
fn a_block_of_headers_ends_what_is_new() {
    for block in [
        "From: The Centre <help@charity.example>\nSent: Tuesday, March 3, 2026 9:15 AM\nTo: Layla\nSubject: Your request",
        "________________________________\nFrom: The Centre\nSent: Tuesday, March 3, 2026\nTo: Layla\nSubject: Your request",
        "*From:* The Centre [mailto:help@charity.example]\n*Sent:* Tuesday\n*To:* Layla\n*Subject:* x",
        "De : Le Centre <help@charity.example>\nEnvoyé : mardi 3 mars 2026\nÀ : Layla\nObjet : x",
        "Von: Die Stelle\nGesendet: Dienstag, 3. März 2026\nAn: Layla\nBetreff: x",
        "من: المركز <help@charity.example>\nتم الإرسال: الثلاثاء، 3 مارس 2026 9:15 ص\nإلى: ليلى\nالموضوع: طلبك",
        "من:\u{200F} المركز\nتاريخ الإرسال: 3 مارس 2026\nإلى:\u{200F} ليلى\nنسخة: سعاد\nالموضوع:\u{200F} طلبك",
        "من: المركز\nأُرسلت: الثلاثاء\nإلى: ليلى\nالموضوع: طلبك",
        "-----Original Message-----\nanything",
        "----- الرسالة الأصلية -----\nأي شيء",
        "-------- Ursprüngliche Nachricht --------\nirgendwas",
        &format!("{}\nanything", marker("اكتب جوابك فوق هذا السطر")),
    ] {
        is(&format!("نعم\n\n{block}\n\nold words"), "نعم");
    }
}

#[test]
fn what_looks_like_a_quotation_stays() {
    for text in [
        "في يوم الثلاثاء كتب الطبيب تقريراً:\nلا يعمل حالياً",
        "في 3 مارس 2026 كتب الطبيب تقريراً:\nلا يعمل حالياً",
        "بتاريخ 3/3/2026 قدمت الطلب ولم يصلني رد:\nهل من جديد؟",
        "On Tuesday I went to the office.\nThey wrote: come back",
        "On 3 March 2026 I wrote to you:\nno answer came",
        "On Monday:\nat home",
        "From: Amman\nTo: Cairo",
        "من: عمان\nإلى: القاهرة",
        "From: 9 to 5\nTo: nobody\nDate: any",
        "He wrote:\nyes",
        "See the forwarded message below.\n\n---------- Forwarded message ---------\nFrom: Clinic <c@x.example>\nDate: 3 Mar 2026\nSubject: Report\n\nAll well.",
        "- one\n- two",
        "-- first\n-- second",
    ] {
        is(text, text);
    }
}

#[test]
fn answers_between_quoted_lines_stay() {
    let text = "On Tue, 3 Mar 2026 at 09:15, C <c@charity.example> wrote:\n> how many?\n\nsix\n\n> where?\n> exactly\nin Irbid\n";
    is(text, "six\n\nin Irbid");
    is("> كم عددكم؟\nستة\n> أين؟\nإربد", "ستة\n\nإربد");
    assert!(part(text).quoted);
}

#[test]
fn a_signature_is_set_apart() {
    for (text, new, signature) in [
        ("yes\n\n-- \nLayla\nAmman", "yes", "-- \nLayla\nAmman"),
        ("نعم\n\nأُرسلت من الـ iPhone", "نعم", "أُرسلت من الـ iPhone"),
        ("نعم\n\nتم الإرسال من هاتفي", "نعم", "تم الإرسال من هاتفي"),
        (
            "نعم\n\nالحصول على Outlook لـ Android\n________________________________\nمن: م <m@charity.example>\nالموضوع: x",
            "نعم",
            "الحصول على Outlook لـ Android",
        ),
        (
            "yes\n\nSent from my iPhone\n\nOn 3 Mar 2026, at 09:15, C <c@charity.example> wrote:\n> x",
            "yes",
            "Sent from my iPhone",
        ),
        (
            "yes\nGet Outlook for iOS<https://aka.example/o>",
            "yes",
            "Get Outlook for iOS<https://aka.example/o>",
        ),
        ("oui\n\nEnvoyé de mon iPhone", "oui", "Envoyé de mon iPhone"),
        ("yes\n\nSent from a small green phone", "yes", "Sent from a small green phone"),
        ("six\n\nBest regards,\nLayla Haddad", "six", "Best regards,\nLayla Haddad"),
        ("ستة\n\nمع التحية،\nليلى حداد", "ستة", "مع التحية،\nليلى حداد"),
        ("six\n\n____\na list\nhttps://list.example", "six", "____\na list\nhttps://list.example"),
    ] {
        let reply = part(text);
        let flat = reply.signature.unwrap_or_default().replace("\n\n", "\n");
        assert_eq!(
            (reply.text.as_str(), flat.trim_end()),
            (new, signature.trim_end().replace("-- \n", "--\n").as_str()),
            "{text}"
        );
    }
}

#[test]
fn what_looks_like_a_signature_stays() {
    for text in [
        "The parcel was sent from my phone shop, I have the bill.",
        "Sent from my uncle, he will ask for it tomorrow",
        "Sent from Aleppo\nto Amman",
        "Regards,\nLayla\nmy number is 0790000000",
        "With regards to the rent: it is paid",
        "شكراً\nليلى",
        "a\n-----\nb",
    ] {
        is(text, text);
    }
    let long = format!("a\n--\n{}", "more words\n".repeat(20));
    is(&long, long.trim_end());
}

#[test]
fn nothing_new_is_nothing() {
    for text in [
        "",
        "\n \n",
        "> only\n> old",
        "\u{200F}\n",
        "On Tue, 3 Mar 2026 at 09:15, C <c@x.example> wrote:\n> x",
    ] {
        is(text, "");
    }
}
