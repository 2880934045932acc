# What the public pages say.

web-skip = الانتقال إلى المحتوى
web-languages = اللغة
web-hide = إخفاء
web-registration = رقم التسجيل { $number }

web-home-title = نحن هنا من أجلك
web-about-title = كيف يتم ذلك؟
web-about-1 = في هذه المحادثة يمكنك إخبارنا بحاجتك، بلغتك، سؤالًا بعد سؤال.
web-about-2 = يقرأ العاملون في الجمعية طلبك ويدرسونه، ويصلك الرد هنا أيًّا كانت النتيجة.
web-about-3 = يمكنك التوقف والعودة في أي وقت، والتحدث إلى أحد الموظفين متى أردت.

web-contact-title = طرق التواصل معنا
web-contact-chat = هنا في هذه الصفحة، في أي وقت
web-contact-phone = الهاتف
web-contact-email = البريد الإلكتروني
web-contact-website = الموقع الإلكتروني
web-contact-address = العنوان

web-chat-title = المحادثة
web-chat-log = ما قيل حتى الآن
web-chat-begin = أهلًا وسهلًا بك. لك ما يكفيك من الوقت.
web-chat-field = رسالتك هنا
web-chat-send = إرسال
web-chat-upload = إرسال الملف
web-chat-refresh = عرض الرسائل الجديدة
web-chat-forget = نسيان المحادثة على هذا الجهاز
web-chat-keep = الاحتفاظ بها

# What the chat's script says.
web-js-you = رسالتك
web-js-bot = المساعد الآلي
web-js-staff = موظف الجمعية
web-js-sending = جارٍ الإرسال…
web-js-waiting = لم تُرسل بعد، وسنحاول مجددًا.
web-js-sent = أُرسلت
web-js-refused = لم تُرسل
web-js-done = تم
web-js-search = البحث في القائمة
web-js-none-found = لا شيء في القائمة يطابق ذلك. يمكنك تجربة كلمة أخرى.
web-js-choose = اختيار ملف
web-js-attach = إرسال صورة أو ملف
web-js-file-hint = صورة أو ملف PDF
web-js-file-large = هذا الملف كبير جدًا. يمكنك اختيار ملف أصغر أو تصوير الورقة. وإن كان في ذلك صعوبة فتكفي كلمة «موظف» ليساعدك أحدنا.
web-js-uploading = جارٍ إرسال الملف…
web-js-place = استخدام موقعي
web-js-place-wait = جارٍ تحديد موقعك…
web-js-place-failed = تعذّر تحديد موقعك. يمكنك كتابته.
web-js-date-pick = فتح التقويم
web-js-ended = لم تعد هذه المحادثة مفتوحة. يمكنك بدء محادثة جديدة.
web-chat-forget-ask = سينسى هذا الجهاز المحادثة، ولن يمكن فتحها هنا ولا رؤية جوابنا فيها. إن كان لك طلب فنرجو حفظ رابطه أولًا.
web-js-forgotten = نسي هذا الجهاز المحادثة.
web-chat-new = رسالة جديدة
web-js-offline = لا يوجد اتصال، وسنحاول مجددًا.
web-chat-start = بدء المحادثة
web-js-answers = الإجابات المتاحة

web-status-title = طلبك
web-status-reference = الرقم المرجعي
web-status-service = الخدمة
web-status-submitted = تاريخ التقديم
web-status-answer-from = يصدر الرد ابتداءً من
web-status-history = ما تم حتى الآن
web-status-keep = بعنوان هذه الصفحة يمكنك معرفة حالة طلبك في أي وقت، فنرجو الاحتفاظ به. كل من لديه العنوان يستطيع رؤيتها.
web-status-chat = فتح المحادثة

web-secure-title = سؤال لك
web-secure-about = جئت إلى هنا من محادثتك معنا. ما ترسله في هذه الصفحة يصل إلينا وحدنا، ولا يظهر في المحادثة.
web-secure-reason = ملاحظة من موظفينا:
web-secure-photo = التقاط صورة بهذا الهاتف
web-secure-photo-send = إرسال الصورة
web-secure-file = أو اختيار صورة أو ملف PDF موجود لديك
web-secure-image = أو اختيار صورة موجودة لديك
web-secure-another = لإرسال صورة أخرى للورقة تكفي العودة إلى المحادثة وكتابة «رجوع».
web-secure-done-title = شكرًا لك
web-secure-done = وصلنا جوابك بأمان. يمكنك الآن إغلاق هذه الصفحة والعودة إلى المحادثة، فهناك نتابع.
web-secure-closed-title = هذه الصفحة مغلقة
web-secure-closed = حمايةً لك يفتح كل رابط سؤالًا واحدًا، مرة واحدة، في يوم واحد. وكل ما وصلنا منك محفوظ. يكفي الرجوع إلى محادثتك معنا وكتابة أي شيء: فإن كنا لا نزال نحتاج إلى جواب منك وصلك رابط جديد.

web-error-title = لم يتم ذلك
web-error-home = إلى الصفحة الأولى
web-error-chat = العودة إلى المحادثة
web-error-not-utf8 = تعذّرت قراءة الرسالة: ليست بترميز UTF-8.
web-error-not-json = تعذّرت قراءة الرسالة: ليست بصيغة JSON.
web-error-wrong-shape = شكل الرسالة غير متوقع.
web-error-bad-id = معرّف الرسالة من ١ إلى ٦٤ من الحروف اللاتينية أو الأرقام أو الشرطات.
web-error-nothing = الرسالة فارغة. نرجو كتابة شيء.
web-error-two-things = نرجو إرسال شيء واحد في كل مرة.
web-error-bad-choice = هذا الاختيار غير معروف. نرجو الاختيار من جديد.
web-error-bad-place = هذا ليس موقعًا صحيحًا. يمكنك كتابته.
web-error-bad-form = تعذّرت قراءة النموذج. نرجو المحاولة مرة أخرى.
web-error-no-session = لا توجد محادثة مفتوحة هنا. يمكنك بدء محادثة جديدة.
web-error-cross-site = جاء هذا من موقع آخر فلم يُقبل. نرجو استخدام صفحتنا.
web-error-not-found = لا شيء في هذا العنوان. ربما نقص منه حرف.
web-error-wrong-method = لا يُستخدم هذا العنوان بهذه الطريقة.
web-error-too-large = هذا كبير جدًا. الحد الأعلى للملف { $megabytes } ميغابايت. وإن كان في ذلك صعوبة فتكفي كلمة «موظف» ليساعدك أحدنا.
web-error-content-type = لا يمكن قراءة هذا النوع من المحتوى هنا.
web-error-file-empty = الملف فارغ. نرجو اختياره من جديد. وإن كان في ذلك صعوبة فتكفي كلمة «موظف» ليساعدك أحدنا.
web-error-file-type = نرجو إرسال صورة أو ملف PDF. لا يمكن فتح الأنواع الأخرى هنا. وإن كان في ذلك صعوبة فتكفي كلمة «موظف» ليساعدك أحدنا.
web-error-file-full = لا يمكن حفظ ملفات أخرى لك. يمكنك طلب التحدث إلى أحد الموظفين.
web-error-too-many = وصلنا الكثير دفعة واحدة. نرجو الانتظار قليلًا ثم المحاولة من جديد.
web-error-papers-at-once = ما زالت ملفات منك في طريقها إلينا. نرجو الانتظار حتى تصل ثم إرسال الملف التالي.
web-error-stalled = توقف وصول الملف. نرجو المحاولة من جديد حيث يكون الاتصال أفضل.
web-error-busy = الخدمة مشغولة الآن. نرجو المحاولة بعد قليل.
web-error-unstored = تعذّر حفظ رسالتك الآن. نرجو إرسالها مرة أخرى بعد قليل.
web-error-broken = حدث خلل من جهتنا، ونعتذر إليك. نرجو المحاولة بعد قليل.
