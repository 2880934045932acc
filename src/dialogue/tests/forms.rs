//! Small forms for the scripts.

const REQUEST: &str = "
| survey | type | name | label::English (en) | label::Arabic (ar) | hint::English (en) | hint::Arabic (ar) | required | relevant | constraint | constraint_message::English (en) | constraint_message::Arabic (ar) | wasl_kind |
| | text | need | What do you need? | ما حاجتك؟ | | | yes | | | | | |
| | select_one kind | kind | What kind of help? | أي نوع من المساعدة؟ | | | yes | | | | | |
| | select_one sub | sub | Which? | أيها؟ | | | yes | ${kind} = 'food' | | | | |
| | select_multiple days | days | On which days? | في أي الأيام؟ | | | | | | | | |
| | integer | people | How many people? | كم شخصًا؟ | Such as 3. | مثل 3. | yes | | . >= 0 and . <= 20 | From 0 to 20, please. | من 0 إلى 20 من فضلكم. | |
| | date | since | Since when? | منذ متى؟ | | | | | . <= today() | That day is still to come. | لم يأت هذا اليوم بعد. | |
| | note | privacy | Your number is kept safe. | رقمك في أمان. | | | | | | | | |
| | text | phone | Your phone number? | رقم هاتفك؟ | | | yes | | | | | phone |
| choices | list_name | name | label::English (en) | label::Arabic (ar) | wasl_aliases_en | wasl_aliases_ar |
| | kind | food | Food | طعام | groceries | أكل |
| | kind | rent | Rent of a flat | إيجار شقة | | |
| | kind | rent_room | Rent of a room | إيجار غرفة | | |
| | sub | basket | A basket | سلة | | |
| | sub | meals | Meals | وجبات | | |
| | days | sat | Saturday | السبت | | |
| | days | sun | Sunday | الأحد | | |
| | days | mon | Monday | الاثنين | | |
| settings | form_id | form_title::English (en) | form_title::Arabic (ar) | version | default_language |
| | request | Request | طلب | 1 | Arabic (ar) |
";

const SERVICES: &str = "
| services | code | form | label::English (en) | label::Arabic (ar) | about::English (en) | about::Arabic (ar) | papers |
| | FIN | request | Financial help | مساعدة مالية | Help in a hard time. | عون عند الضيق. | id* |
| | EDU | request | Learn about Islam | تعلم الإسلام | A course. | دورة. | |
| papers | code | type | label::English (en) | label::Arabic (ar) | hint::English (en) | hint::Arabic (ar) | expires | expiry_label::English (en) | expiry_label::Arabic (ar) | expired_message::English (en) | expired_message::Arabic (ar) |
| | id | file | Please send your iqama. | نرجو إرسال الإقامة. | A photo. | صورة. | yes | Until when is it valid? | حتى متى تسري؟ | It has run out. | انتهت صلاحيتها. |
";

const SATISFACTION: &str = "
| survey | type | name | label::English (en) | label::Arabic (ar) | parameters |
| | range | overall | How did we do? | كيف كانت الخدمة؟ | start=1 end=5 step=1 |
| | text | word | A last word? | كلمة أخيرة؟ | |
| settings | form_id | form_title::English (en) | form_title::Arabic (ar) | version | default_language |
| | satisfaction | How did we do? | كيف كانت خدمتنا؟ | 1 | Arabic (ar) |
";

fn opinion(id: &str) -> String {
    format!(
        "
| survey | type | name | label::English (en) | label::Arabic (ar) | required |
| | text | words | Please tell us. | نرجو ذكره. | yes |
| settings | form_id | form_title::English (en) | form_title::Arabic (ar) | version | default_language |
| | {id} | Opinion | رأي | 1 | Arabic (ar) |
"
    )
}

pub(super) fn files() -> Vec<(String, String)> {
    [
        ("request.md", REQUEST.to_owned()),
        ("services.md", SERVICES.to_owned()),
        ("satisfaction.md", SATISFACTION.to_owned()),
        ("suggestion.md", opinion("suggestion")),
        ("complaint.md", opinion("complaint")),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into()
}
