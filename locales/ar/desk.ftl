# ما يعرضه مكتب الموظفين بالعربية. أسماء الحالات في bot.ftl.

desk-title = المكتب
desk-skip = الانتقال إلى المحتوى
desk-nav = صفحات المكتب
desk-nav-queue = الطلبات
desk-nav-filed = الاقتراحات والشكاوى
desk-to-queue = العودة إلى الطلبات

# الدخول
desk-sign-in = تسجيل الدخول
desk-sign-out = تسجيل الخروج
desk-sign-in-help = لا يوجد حساب بعد، أو نُسيت كلمة المرور؟ يُطلب رابط جديد من أحد المديرين.
desk-name = الاسم
desk-name-help = يظهر هذا الاسم للزملاء بجانب كل إجراء، وبه يكون تسجيل الدخول.
desk-password = كلمة المرور
desk-password-again = كلمة المرور مرة أخرى
desk-password-help = ١٢ حرفًا على الأقل. الجملة القصيرة الخاصة تُحفظ بسهولة ويصعب تخمينها.
desk-login-wrong = الاسم وكلمة المرور غير متطابقين. يُرجى التأكد منهما والمحاولة مرة أخرى.
desk-login-locked = جرت محاولات كثيرة بهذا الاسم. يُرجى الانتظار ١٥ دقيقة ثم المحاولة من جديد.
desk-login-busy = عدد الداخلين كبير في هذه اللحظة. يُرجى المحاولة بعد ثوانٍ.
desk-setup = أهلًا بكم في المكتب
desk-setup-lead = يعمل هذا الرابط مرة واحدة. يُرجى اختيار كلمة مرور للحساب.
desk-setup-go = إنشاء الحساب
desk-setup-gone = لم يعد هذا الرابط صالحًا
desk-setup-gone-text = استُخدم من قبل، أو انقضت ساعاته الأربع والعشرون، أو حل محله رابط أحدث. يمكن طلب رابط جديد من أحد المديرين، أو إنشاؤه على الجهاز نفسه بالأمر `wasl staff add`.
desk-name-unfit = يُرجى كتابة اسم من حرف واحد إلى ٦٠ حرفًا.
desk-name-taken = هذا الاسم مستخدم لحساب آخر. يُرجى اختيار اسم غيره، مثلًا بإضافة اسم العائلة.
desk-password-too-short = تحتاج كلمة المرور إلى ١٢ حرفًا على الأقل. الجملة القصيرة مناسبة.
desk-password-too-long = أقصى طول لكلمة المرور ٢٥٦ حرفًا. والأقصر من ذلك آمن كذلك.
desk-password-too-plain = يسهل تخمين كلمة المرور هذه. يُرجى استعمال حروف أكثر تنوعًا، وتجنب الاسم.
desk-password-differs = كلمتا المرور مختلفتان. يُرجى كتابتهما من جديد.

# قائمة الطلبات
desk-tabs = أي الطلبات
desk-tab-open = كل المفتوحة
desk-tab-mine = طلباتي
desk-tab-unowned = بلا مسؤول
desk-tab-due = المستحقة والمتأخرة
desk-tab-committee = لدى اللجنة
desk-tab-waiting = بانتظار موظف
desk-tab-finished = المنتهية
desk-col-reference = الرقم المرجعي
desk-col-service = الخدمة
desk-col-status = الحالة
desk-col-owner = المسؤول
desk-col-due = الموعد التالي
desk-col-age = العمر
desk-col-language = اللغة
desk-unowned = لا أحد بعد
desk-queue-empty = لا شيء هنا في الوقت الحاضر.
desk-pages = صفحات هذه القائمة
desk-page-before = العودة إلى ما قبلها
desk-page-after = المزيد
desk-age = { $days ->
    [zero] أقل من يوم
    [one] يوم واحد
    [two] يومان
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
  }
desk-due-in = { $days ->
    [0] اليوم
    [1] غدًا
    [two] بعد يومين
    [few] بعد { $days } أيام
    [many] بعد { $days } يومًا
   *[other] بعد { $days } يوم
  }
desk-due-late = { $days ->
    [0] اليوم، وقد فات الموعد
    [one] متأخر يومًا واحدًا
    [two] متأخر يومين
    [few] متأخر { $days } أيام
    [many] متأخر { $days } يومًا
   *[other] متأخر { $days } يوم
  }
desk-waiting-person = شخص يرغب في التحدث مع موظف
desk-waiting-stuck = شخص لم يتمكن من متابعة الأسئلة ويرغب في المساعدة
desk-waiting-held = يتولى أحد الزملاء هذه المحادثة
desk-since = منذ { $moment }

# البحث عن طلب
desk-find = البحث عن طلب
desk-find-label = رقم الطلب أو رقم الجوال أو البريد الإلكتروني
desk-find-help = يشمل البحث الطلبات المنتهية. ويُبحث عن رقم الجوال والبريد الإلكتروني كما ورد في الطلب.
desk-find-go = بحث
desk-find-found = نتيجة البحث
desk-find-nothing = لم يُعثر على شيء. يُرجى التأكد من الرقم، أو تجربة رقم آخر قد يكون صاحب الطلب ذكره.

# المهام
desk-tasks = المهام والتنبيهات
desk-tasks-none = لا توجد مهام. يظهر هنا كل ما يحتاج إلى موظف.
desk-tasks-more = هذه أقدم { $shown } من أصل { $all }. وتظهر البقية عند إنجاز بعضها.
desk-task-done = تم الإنجاز
desk-task-person-wanted = شخص يرغب في التحدث مع موظف
desk-task-erasure = شخص يطلب حذف جميع بياناته
desk-task-undeliverable = رسالة تعذّر إيصالها
desk-task-parked = رسالة تعذّرت معالجتها، وقد حُفظت جانبًا
desk-task-late-move = وصل من صاحب الطلب شيء بعد أن انتقل طلبه إلى خطوة أخرى
desk-task-decision-refused = قرار من نظام آخر لم يُقبل
desk-task-unread = رسالة تنتظر صاحبها وقد طال العهد بكتابته إلينا؛ نرجو الاتصال به أو مراسلته بطريق آخر
desk-task-same-person = ربما كان اثنان هنا شخصًا واحدًا؛ نرجو مقارنة طلباتهما
desk-task-line = إحدى القنوات تحتاج إلى متابعة: { $detail }
desk-task-suggestion = اقتراح جديد
desk-task-complaint = شكوى جديدة
desk-task-late = تذكير أو استبيان تعذّر إيصاله في وقته، فلم يعد يُرسل
desk-task-paper-missing = طلب موقّع يذكر مستندًا غير محفوظ لدينا، ويُرجى طلبه من صاحبه مرة أخرى
desk-task-other = أمر يحتاج إلى موظف

# الاقتراحات والشكاوى
desk-filed-empty = لم يُقدَّم شيء بعد.
desk-filed-suggestion = اقتراح
desk-filed-complaint = شكوى
desk-filed-administrators = الشكاوى يقرؤها المديرون فقط.
desk-filed-anonymous = هذه الشكوى دون ذكر اسم صاحبها.
desk-open-conversation = فتح المحادثة

# صفحة الطلب
desk-next-step = الخطوة التالية:
desk-submitted = تاريخ التقديم
desk-answer-from = الرد ابتداءً من
desk-answers = الإجابات والمستندات
desk-not-given = لم يُقدَّم
desk-sensitive = حسّاس
desk-size = { $kilobytes } ك.ب
desk-steps = الخطوات
desk-steps-none = لا شيء مطلوب هنا في الوقت الحاضر.
desk-steps-after-check = تُطابق الإجابات وتُحفظ المطابقة، ثم تظهر هنا الخطوة التالية.
desk-decision = قرار اللجنة
desk-reason = السبب
desk-early-reason = سبب التسجيل قبل الموعد الذي تحدده السياسة (يُحفظ مع القرار)
desk-early-override = يكون رد اللجنة ابتداءً من { $day }. ويمكن للمدير تسجيل القرار قبل ذلك بسبب يُحفظ.
desk-early-wait = يمكن تسجيل القرار ابتداءً من { $day }.
desk-signature = التوقيع
desk-signed-at = وقت التوقيع
desk-signed-on = القناة
desk-signed-version = نسخة الإقرار
desk-signed-hash = بصمة ما تم التوقيع عليه (SHA-256)
desk-signed-broken = ما يظهر هنا ليس ما تم التوقيع عليه: تغيرت إجابة في قاعدة البيانات بعد التوقيع. يُرجى إبلاغ أحد المديرين قبل المتابعة.
desk-signed-earlier = توقيعات سابقة قبل الاستكمال
desk-signed-broken-earlier = لا يطابق ما تم التوقيع عليه
desk-history = السجل

desk-check-help = تُطابق كل إجابة مع مستندها. وما يُحدَّد بأنه غير مطابق أو ناقص يصل إلى صاحب الطلب بالكلمات المكتوبة هنا، فليكن بعبارة لطيفة.
desk-check-why = ما الذي لا يتطابق، أو ما المطلوب إرساله
desk-check-open = لم يُطابق بعد
desk-check-matched = مطابق
desk-check-mismatched = غير مطابق
desk-check-missing = ناقص

desk-do-assign = إسناد الطلب إليّ
desk-do-check = حفظ المطابقة
desk-do-return = إعادة للاستكمال
desk-help-return = يصل إلى صاحب الطلب بيان دقيق بالنواقص، ويرسلها في المحادثة.
desk-do-hand-over = رفع إلى لجنة البحث
desk-help-hand-over = البيانات مطابقة ومكتملة. ويُبلَّغ صاحب الطلب بأول يوم يمكن أن يصله فيه الرد.
desk-do-accept = تسجيل: قبول
desk-do-reject = تسجيل: رفض
desk-do-register = اكتمال التسجيل
desk-help-register = جميع مستندات التسجيل متوفرة. ويُبلَّغ صاحب الطلب.
desk-do-deliver = تم تقديم الخدمة
desk-help-deliver = استلم صاحب الطلب الخدمة. ويُبلَّغ بذلك، ثم يُسأل عن رضاه.
desk-do-close = إغلاق
desk-help-close = لم يبقَ شيء. ويُبلَّغ صاحب الطلب.
desk-do-appeal = تسجيل اعتراض
desk-help-appeal = لصاحب الطلب اعتراض على القرار. يُكتب سببه بكلماته، ويُبلغ بتسجيله، وتعيد اللجنة دراسته.
desk-do-withdraw = سحب الطلب
desk-help-withdraw = فقط إذا طلب ذلك صاحب الطلب. ينتهي الطلب ويُبلَّغ صاحبه.

desk-next-submitted = مطابقة الإجابات مع المستندات ثم حفظ المطابقة.
desk-next-returned = انتظار صاحب الطلب، وقد أُبلغ بالنواقص.
desk-next-checked = رفع الطلب إلى لجنة البحث.
desk-next-with-committee = تسجيل قرار اللجنة عند صدوره.
desk-next-accepted = استكمال التسجيل.
desk-next-rejected = لا شيء، ما لم يعترض صاحب الطلب.
desk-next-appealed = رفع الطلب إلى اللجنة مرة أخرى.
desk-next-registered = تقديم الخدمة ثم تسجيل ذلك.
desk-next-delivered = استبيان الرضا جارٍ. يُغلق الطلب عندما لا يبقى شيء.
desk-next-closed = لا شيء. اكتمل هذا الطلب.
desk-next-withdrawn = لا شيء. سحب صاحب الطلب طلبه.
desk-next-lapsed = لا شيء. انتهت مدة الطلب.

desk-event-submitted = قُدِّم ووُقِّع
desk-event-assigned = أُسند
desk-event-checked = تمت المطابقة
desk-event-check-saved = حُفظت المطابقة
desk-event-returned = أُعيد للاستكمال
desk-event-completed = استُكمل ووُقِّع من جديد
desk-event-with-committee = رُفع إلى لجنة البحث
desk-event-accepted = قُبل
desk-event-rejected = رُفض
desk-event-appealed = سُجِّل اعتراض
desk-event-registered = اكتمل التسجيل
desk-event-delivered = قُدِّمت الخدمة
desk-event-closed = أُغلق
desk-event-withdrawn = سُحب
desk-event-lapsed = انتهت مدته

# المحادثة
desk-person = محادثة مع شخص
desk-talk = المحادثة
desk-talk-apart = تُحفظ الشكاوى على حدة ولا تظهر هنا.
desk-talk-empty = لم يُكتب شيء بعد.
desk-talk-bot = يجيب المساعد الآلي الآن. وعند تولي المحادثة يصمت حتى تُعاد إليه.
desk-talk-waiting = هذا الشخص في انتظار أحدكم. عند تولي المحادثة أو الكتابة إليه يصمت المساعد الآلي حتى تُعاد إليه.
desk-talk-held = يجيب موظف الآن، والمساعد الآلي صامت.
desk-talk-take = تولي المحادثة
desk-talk-write = كتابة رسالة
desk-talk-send = إرسال
desk-talk-hand-back = إعادة المحادثة إلى المساعد الآلي
desk-speaker-bot = المساعد الآلي
desk-speaker-staff = الموظف
desk-speaker-you = صاحب المحادثة
desk-channel-webchat = محادثة الموقع
desk-channel-terminal = الطرفية
desk-channel-telegram = تيليجرام
desk-channel-whatsapp = واتساب
desk-channel-email = البريد الإلكتروني

# حذف بيانات شخص
desk-erase = حذف جميع بيانات هذا الشخص
desk-erase-extent = { $requests ->
    [0] لا طلبات
    [one] طلب واحد
    [two] طلبان
    [few] { $requests } طلبات
    [many] { $requests } طلبًا
   *[other] { $requests } طلب
  }، { $papers ->
    [0] ولا مستندات
    [one] ومستند واحد
    [two] ومستندان
    [few] و{ $papers } مستندات
    [many] و{ $papers } مستندًا
   *[other] و{ $papers } مستند
  }.
desk-erase-goes = يُحذف: الاسم والعنوان والإجابات والمستندات والمحادثة كلها والتوقيع والأسباب المكتوبة لصاحب البيانات، وكلمات الاقتراحات والشكاوى والاستبيانات.
desk-erase-stays = ويبقى دون اسم: رقم كل طلب وخدمته وحالته وتواريخه، ونتيجة القرارات، وأرقام الاستبيانات، وسجل ما قام به الموظفون في المكتب.
desk-erase-final = لا يمكن الرجوع عن هذا الحذف. يُرجى تأكيده مع الشخص في المحادثة أولًا، إذ لا يمكن بعده مراسلته هنا. وإن كتب مرة أخرى بدأ من جديد.
desk-erase-confirm = أكّد الشخص رغبته في حذف جميع بياناته.
desk-erase-do = حذف الكل الآن
desk-erase-back = العودة إلى المحادثة

# بعد كل خطوة
desk-done-assigned = أُسند الطلب إليكم.
desk-done-checked = حُفظت المطابقة.
desk-done-returned = أُعيد الطلب، وأُبلغ صاحبه بالنواقص.
desk-done-handed-over = رُفع الطلب إلى لجنة البحث، وأُبلغ صاحبه.
desk-done-accepted = سُجِّل القبول، وأُبلغ صاحب الطلب.
desk-done-rejected = سُجِّل الرفض، وأُبلغ صاحب الطلب بالسبب وبطريقة الاعتراض.
desk-done-appealed = سُجِّل الاعتراض، وأُبلغ صاحب الطلب.
desk-done-registered = اكتمل التسجيل، وأُبلغ صاحب الطلب.
desk-done-delivered = سُجِّل تقديم الخدمة، ويتبعه استبيان الرضا.
desk-done-closed = أُغلق الطلب.
desk-done-withdrawn = سُحب الطلب.
desk-done-erased = حُذفت جميع بيانات هذا الشخص، وما كتبه وما أرسله.
desk-done-took-over = المحادثة لديكم الآن، والمساعد الآلي صامت.
desk-done-said = رسالتكم في طريقها.
desk-done-said-and-took = رسالتكم في طريقها، والمحادثة لديكم الآن. والمساعد الآلي صامت حتى تُعاد إليه.
desk-done-handed-back = عاد المساعد الآلي إلى الإجابة.
desk-done-task = أُنجزت المهمة.
desk-done-signed-out = تم تسجيل الخروج.
desk-done-welcome = أهلًا بكم. الحساب جاهز.

# الرفض: ماذا بعد
refused-out-of-order = لا تتبع هذه الخطوة الحالة الحاضرة ({ $status }). وتعرض الصفحة الآن الخطوات الممكنة.
refused-too-early = تمنح السياسة اللجنة أسبوعين على الأقل. يمكن تسجيل القرار ابتداءً من { $day }، وقبل ذلك للمدير فقط بسبب يُكتب.
refused-not-allowed = هذه الخطوة للمدير فقط. يُرجى الطلب منه، أو الانتظار حتى { $day }.
refused-no-reason = لا بد من ذكر السبب. يُرجى كتابته في جملة أو جملتين ثم إعادة الخطوة.
refused-unchecked = بعض الإجابات لم تُطابق بعد أو غير مطابقة. يُرجى إتمام المطابقة، أو إعادة الطلب للاستكمال.
refused-nothing-missing = لم يُحدَّد شيء ناقص أو غير مطابق. يُرجى تحديد المطلوب إرساله وحفظ المطابقة، ثم إعادة الطلب.
refused-not-found = لم يعد هذا الطلب أو هذه المحادثة موجودًا. وتعرض القائمة ما هو موجود.
refused-store = تعذّر الحفظ الآن ولم يتغير شيء. يُرجى المحاولة بعد دقيقة.
refused-form = أرسلت الصفحة ما لا يمكن قراءته، ولم يتغير شيء. يُرجى فتحها من جديد والمحاولة مرة أخرى.
refused-changed = طرأ على الطلب شيء من زميل أو من صاحبه بعد فتح هذه الصفحة، فلم يُحفظ شيء. وهذا ما عليه الطلب الآن: يُرجى النظر فيه من جديد.
refused-empty = لا يوجد ما يُرسل بعد. يُرجى كتابة الرسالة أولًا.
refused-too-long = النص أطول مما يمكن حفظه. يُرجى اختصاره والمحاولة مرة أخرى.

refused-still-open = لهذا الشخص طلبات ما زالت مفتوحة. يُرجى إغلاقها، أو سحبها إن كانت تلك رغبته، ثم يمكن حذف بياناته.
refused-not-confirmed = لم يُحذف شيء. يُرجى وضع علامة في المربع أولًا، حتى لا تُحذف بيانات أحد سهوًا.

# الأخطاء
desk-not-found = هذه الصفحة غير موجودة
desk-not-found-text = ربما أُزيل الطلب، أو كان العنوان ناقصًا.
desk-too-many = محاولات كثيرة في وقت قصير
desk-too-many-text = يُرجى الانتظار دقيقة ثم العودة والمحاولة من جديد.
desk-malformed = تعذرت قراءة ما أُرسل
desk-malformed-text = أرسلت الصفحة ما ليس من نماذجنا، أو أكثر مما يمكن استقباله، ولم يتغير شيء. يُرجى فتح الصفحة من جديد والمحاولة مرة أخرى.
desk-unfinished = لم يكتمل هذا الإجراء
desk-unfinished-text = يُرجى فتح الصفحة من جديد والتأكد من حفظ الخطوة قبل إعادتها. وإن تكرر ذلك فيُرجى إبلاغ المدير.
desk-broken = حدث خطأ لدينا
desk-broken-text = لم يتغير شيء. يُرجى المحاولة بعد دقيقة، فإن استمر الخطأ فيُرجى إبلاغ المدير.
