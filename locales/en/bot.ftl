### What the bot says. Short sentences, warm, never blaming. A value in { } is put in by the bot.
### Buttons should stay under 20 characters where they can.

## The beginning

greeting = Peace be upon you, and welcome to { $association }. You can ask for help here, and hear the answer.
choose-language = Please choose your language.
language-changed = From now on we write in English. Nothing you wrote is lost.
welcome-back = Welcome back.
greeting-back = And peace be upon you. You are welcome here, and we are glad to help.
# Two sentences on what happens with what is written. When they change, raise association.consent_version.
privacy =
    What you write and send here is kept safe by { $association }, and only our staff and our research committee see it. We use it to study your request, to write to you about it, and to ask you later if you were satisfied; you may ask us to delete it at any time.
consent = Do you agree?
consent-yes = Yes, I agree
consent-no = No
consent-thanks = Thank you for your trust.
declined = We respect your choice. Nothing is asked of you here.
declined-return = If you change your mind, the button below takes you back to the question.
declined-reconsider = Back to the question
way-phone = By phone: { $value }
way-email = By e-mail: { $value }
way-website = On our site: { $value }
way-address = At our office: { $value }
way-none = Other ways to reach us will stand here soon. To speak with one of us here, write "person"; what you write is then kept and read by our staff.

## The menu

menu = What can we do for you?
menu-request = Ask for help
menu-status = My request
menu-opinion = Suggest or complain
menu-human = Speak to a person
menu-language = Change language
menu-data = My data
menu-menu = Main menu
menu-rate = Rate our service
menu-continue = Continue
continue-request = Continue my request
continue-request-named = Continue: { $service }
continue-completion = Send what is missing
continue-completion-named = Send missing: { $service }
continue-survey = Continue the survey
continue-suggestion = Continue my suggestion
continue-complaint = Continue my complaint
opinion = We are glad to hear you. What would you like to send us?
opinion-suggestion = A suggestion
opinion-complaint = A complaint
stopped =
    You will get no more reminders and surveys from us, unless you begin a new request. If you have a request with us, we still tell you what is decided about it. You can write to us at any time.
apology = We are sorry: something went wrong on our side just now. One of our staff has been told and looks into it. If you sent us something, please send it again, or write "person" to speak with one of us.
form-gone = We are sorry: this cannot be filled in at the moment. Please try again later, or write "person" and one of our staff will help you.
not-understood = We did not understand that yet. One of the buttons will do, or its number.
old-button = That button belonged to an earlier question. This is where we are now:
unsupported = We cannot read this kind of message yet. Words, a photo or a file will reach us.
edited = We see that you changed an earlier message. What we noted before stays as it was. To change an answer, write "back", or choose it at the end, when all your answers are shown.
album = We take one photo at a time: the first one has reached us. Please send the others when they are asked for.
file-too-large = This file is too large for us. A file may have up to { $megabytes } MB. A photo of it will do. If this is difficult, write "person" and one of us will help you.
file-type = Please send a photo or a PDF. Other kinds of file cannot be opened here. If this is difficult, write "person" and one of us will help you.
file-full = No more files can be kept for you. Write "person" and one of us will help you.
file-unfetched = The file did not reach us. Please send it once more. If this is difficult, write "person" and one of us will help you.
group = Please write to me in a private chat: what you need is nobody else's concern.
share-phone = 📱 Send my number
share-place = 📍 Send my place
board-done = ✔ Done
board-before = ‹ Before
board-after = More ›
list-open = Choose
# Seen on a lock screen, perhaps by others: nothing of what it is about.
knock-notice = { $association } has a message for you. Please press the button to read it.
knock-reminder = { $association } is still here for you. Please press the button to go on.
knock-survey = { $association } would like to hear from you. Please press the button if you have a minute.
knock-open = Read
# When these words change, raise their version.
leave-version = 1
leave =
    May { $association } write to you here first when there is news of your request?
    Only that there is a message will be seen on your screen. You may change your mind at any time: write "stop".
leave-yes = Yes, please
leave-no = No, I will look
leave-given = Thank you. We will write to you here when there is news.
leave-refused = All right. Write to us here whenever you like, or open the link of your request: there you see where it stands.

## A request begins

service = What do you need help with?
start-request =
    { $service }: { $about }
    We will ask you about { $all } questions, one at a time, and every answer is saved right away. Take all the time you need. You can write at any time: back, skip, help, pause, or "person" to speak with one of us.
start-suggestion = Thank you for wanting to help us do better. Only a few short questions. You can write at any time: back, skip, pause.
start-complaint =
    We are sorry that you have reason to complain, and thank you for telling us. Complaining never harms a request of yours. You can write at any time: back, skip, pause.

## A question

progress = Question { $n } of { $all }
how-many = You can choose several: tick them, or write their numbers, such as 1, 3.
how-date = Day, month, year, such as 25/10/2026. A Hijri date is fine too.
how-image = Please send a photo.
how-file = Please send a photo or a PDF file.
how-place = Please share your location, or write it as two numbers: 24.7136, 46.6753
why-again = A note from our staff: { $reason }
present-answer = Your present answer: { $value }
proposed-answer = Our suggestion: { $value }
keep = Keep this answer
skip = Skip
stop = Stop here
try-again = Try again
acknowledge = I have read this
acknowledged = Read
skipped = no answer
heard-file = 📎 { $name }
heard-place = 📍 { $lat }, { $lon }
heard-none = None of these
heard-unsupported = (a message we cannot show)
heard-refused = (a file we could not take)
heard-edited = (changed) { $text }
heard-old-button = (an earlier button)
noted = Noted: { $value }
received = We have received { $value }. Thank you.
upset = Because this changed, we need to ask once more:
    { $questions }
stale = These answers no longer fit today, perhaps because a paper is no longer valid. We need to ask once more:
    { $questions }
back-first = This is the first question.
cannot-skip = We cannot go on without this one. If it is difficult, write "person" and one of us will help you.
offer-human = If this is difficult, that is quite all right. You can try again, or speak to a person.
we-were-at = Now back to where we were:

## A question that is not asked in a chat which others may read: it has a page of its own, of ours

secure-ask =
    This is safest on our own page, not in this chat. Please open the page and answer there; then we go on here:
    { $link }
    The page is for you alone, and is open for one day. If it has closed, write anything here and a new one comes.
secure-not-here = To protect you, what you sent just now was not taken, and we do not keep it. You may delete it from this chat. Your answer is safest on our own page:
secure-another = A paper is safest on our own page, so the file you sent just now was not taken, and we do not keep it. You may delete it from this chat. To send another paper, write "back".
secure-received = Your answer has reached us safely from our page. Thank you.
secure-late = What came from our page just now was not taken, because its question is no longer open. To change an answer, write "back", or choose it at the end, when all your answers are shown.
secure-given = given on our own page
heard-secure = (answered on our own page)
heard-not-here = (something that is not kept in this chat)
help-secure =
    Press the link below: our own page opens, with one question. Answer there, press the button, and come back here. You can also write "back" for the question before, "skip" where an answer may be left out, "pause" to go on another day, or "person" to speak with one of us.

## What was expected

misfit-required = We need an answer here.
misfit-constraint = This answer does not fit here yet.
misfit-number = We need a number here, such as 12.
misfit-whole-number = We need a whole number here, such as 3.
misfit-range = We need a number from { $start } to { $end }.
misfit-date = We need a date here: day, month, year, such as 25/10/2026. A Hijri date is fine too.
misfit-phone = We need a phone number here, such as 0501234567, or +63 917 123 4567 for another country.
misfit-email = We need an e-mail address here, such as maria@example.com.
misfit-choice = Please choose one of the answers shown, by button, number or word.
misfit-ambiguous = This could mean { $choices }. Which one is it?
misfit-too-long = This is a little long for us: please write it in up to { $max } characters. You can tell the rest to a person.
misfit-not-an-image = We need a photo here (JPEG, PNG or the like).
misfit-type = We can take a photo or a PDF file here.
misfit-want-file = We need a photo or a PDF file here. Press “Choose a file”.
misfit-want-place = We need a place here: please share your location.
misfit-want-words = We need an answer in words here.

## Help

help-question =
    You can answer in your own words or with a button. Write "back" for the question before, "skip" where an answer may be left out, "pause" to go on another day, or "person" to speak with one of us. This is the question:
help-review = Please read the lines below. If something is wrong, write the number of its line. If all is right, say so with the button.
help-sign =
    Read the sentence. If it is true, write your full name: that is your signature. To change an answer, write "back". To speak with one of us, write "person".
help-beginning = You can write "language" for another language, or "person" to speak with one of us.
help-general = You can write at any time: "menu" for everything we can do, "language" for another language, or "person" to speak with one of us.

## Put aside, taken up

put-aside = What you have written so far is kept. You can continue it from the menu.
paused-request =
    { $days ->
        [one] All right. Your answers are kept for one day, until { $until }.
       *[other] All right. Your answers are kept for { $days } days, until { $until }.
    } Write anything and we go on with the same question.
paused-completion = All right. What you have sent so far is kept, and your request waits for the rest until { $until }. Write anything and we go on with the same question.
paused-survey = All right. Write anything and we go on with the same question.
paused-suggestion = All right. Your words are kept until { $until }. Write anything and we go on with the same question.
paused-complaint = All right. Your words are kept until { $until }. Write anything and we go on with the same question.
paused-again = Something you began is waiting for you.
nothing-waits = Nothing of yours is waiting to be continued.
recap-request = You were asking for: { $service }. Answered: { $done } of { $all }.
recap-completion = You were sending what was missing for: { $service }. Answered: { $done } of { $all }.
recap-survey = You were telling us how we did. Answered: { $done } of { $all }.
recap-suggestion = You were writing a suggestion. Answered: { $done } of { $all }.
recap-complaint = You were writing a complaint. Answered: { $done } of { $all }.
reminder-request =
    What you began with us is still waiting for you.
    We keep it until { $until }. Then we delete it, with any photos you sent, to protect you. You can continue at any time before.
reminder-completion =
    Something is still waiting for you with us.
    Your request waits for it until { $until }. If it is difficult, write "person" and one of us will help you.
lapsed-request = Today we deleted what you began with us, and any photos you sent, as we told you. The words of this chat stay, kept safe; to delete them too, write "my data". You are welcome to begin again.
lapsed-suggestion = The suggestion you began was deleted today. The words of this chat stay, kept safe; to delete them too, write "my data". You are welcome to begin again.
lapsed-complaint = The complaint you began was deleted today. The words of this chat stay, kept safe; to delete them too, write "my data". You are welcome to begin again.

## Review and signature

review = Here is everything you told us. Please read it once more:
review-line = { $n }. { $label } — { $value }
review-line-button = { $n }. { $label }
review-confirm = Is it all correct? To change a line, write its number.
review-yes = It is all correct
review-change = Change something
review-back = Back to my answers
review-which = Which line would you like to change?
review-not-understood = We did not understand that yet. Write the number of a line to change it, or press one of the buttons.
sign = One last step: the declaration.
declaration-version = 2
declaration =
    I, the applicant for support, confirm that the information I have given is correct, and that I am directly responsible for its correctness. I sign this.
sign-name = To sign, please write your full name.
sign-not-a-name = Your full name is your signature, so we need it here.
receipt =
    Thank you. Your request has reached us. Its number is { $reference }.
    The research committee studies it and answers after not less than two weeks, from { $from } on.
    Before that, one of our staff compares your answers with your papers. If something is missing, we tell you here, and you can send it here.
    You can follow your request here: { $link }
receipt-completed =
    Thank you. What was missing for request { $reference } has reached us, and we go on with it.
    The research committee answers after not less than two weeks from the day you first asked, from { $from } on.
    You can follow your request here: { $link }
receipt-completed-again =
    Thank you. What was missing for request { $reference } has reached us, and we go on with it.
    You hear from us here as soon as the research committee has decided.
    You can follow your request here: { $link }
completion-late =
    Thank you for sending this. It could not be added to request { $reference } any more, because the request no longer waits for it. Its status now: { $status }.
    If you still need our help, you can ask again at any time, or write "person" to speak with one of us.
    You can read it here: { $link }
thanks-suggestion = Thank you. Your suggestion has reached us under the number { $reference }. It is read by people, and followed up.
thanks-complaint = Thank you for telling us. Your complaint has reached us under the number { $reference }. It is read by our staff, and followed up.
thanks-complaint-anonymous =
    Thank you for telling us. Your complaint has reached us under the number { $reference }. It is read by our staff, and followed up. Your name stays out of it, and we do not write to you about it.
thanks-form = Thank you. What you wrote has reached us under the number { $reference }.

## The survey

survey-intro =
    We would be glad to know how we did: a few short questions.
    To rate us is your right. Your answers help us improve and are not used to punish anybody. You can skip any question, or stop, at any time.
survey-welcome =
    Thank you for wanting to tell us how we did. To rate us is your right. Your answers help us improve and are not used to punish anybody. You can skip any question, or stop, at any time.
survey-thanks = Thank you. What you told us helps us serve you and others better.
survey-stopped = Thank you. We ask nothing more.

## A person

human-wait =
    { $days ->
        [one] One of our staff will write to you here, usually within one working day.
       *[other] One of our staff will write to you here, usually within { $days } working days.
    } You can already write what it is about. To return to the bot meanwhile, write "menu".
back-to-bot = Back to the bot
human-here = One of our staff is with you now and reads what you write here.
bot-back = The conversation with our staff has ended; the bot is here again.
bot-back-alone = The bot is here again. To speak with one of our staff after all, write "person" at any time.

## My request

status-submitted = received, being looked at
status-returned = waiting for what is still missing
status-checked = data and papers in order
status-with-committee = with the research committee
status-accepted = accepted
status-rejected = not accepted
status-appealed = being studied again
status-registered = registered
status-delivered = service given
status-closed = closed
status-withdrawn = cancelled
status-lapsed = ended: something was missing
status-unknown = being worked on
requests-none = You have no request with us yet.
requests = Your requests:
request-line =
    { $reference } · { $service }
    Status: { $status }
    Handed in: { $submitted }
    { $link }
request-line-undecided =
    { $reference } · { $service }
    Status: { $status }
    Handed in: { $submitted }
    Answer: not before { $from }
    { $link }
requests-next = What would you like to do?
withdraw-button = Cancel { $reference }
withdraw-confirm = Do you want to cancel request { $reference }? Then we stop studying it. You can ask again at any time.
withdraw-yes = Yes, cancel it
keep-it = No, leave it
nothing-changed = All right, nothing was changed.
withdraw-done = Request { $reference } is cancelled.
withdraw-late =
    Request { $reference } cannot be cancelled any more. Its status now: { $status }. If that does not suit you, write "person" and tell us.
    You can read it here: { $link }

## My data

data =
    What we keep about you: your language ({ $language }), your consent of { $since }, what you wrote and sent here, your requests ({ $requests }) and what you began and did not hand in yet ({ $drafts }).
    Sensitive answers and papers are sealed, and every look at them is recorded.
data-next = To see what is yours, or to correct it, write "person" and ask us. To delete it, or to go on in another chat, use the buttons below.
data-waiting = To see, correct or delete what is yours, write it here: one of our staff will read it.
data-discard = Delete my draft
data-erase = Delete everything
data-elsewhere = Go on elsewhere
elsewhere =
    Your code: { $code }
    Open the other chat with us and send this code there as your first message. We go on there, with all that you wrote. The code works once, and for about an hour. Keep it to yourself: whoever sends it can read your messages.
elsewhere-here = You are here now, and nothing is lost. News for you will come here. You can also write in the other chat: we answer where you wrote last.
elsewhere-left = Your conversation with us goes on in another chat now. If this was not you, write "person" here at once, and one of us will help you.
elsewhere-late = This code is over. In the other chat, "My data" and then "Go on elsewhere" will give you a new one.
elsewhere-same = That is this chat. To go on elsewhere, send the code in the other one.
elsewhere-two = You have begun something in this chat too. So that nothing is lost, one of us will bring both together. Until then you can go on in each chat as before.
erasure-asked =
    We have told our staff that you want all your data deleted. One of them will first ask you here to be sure, because it cannot be undone.
discard-confirm = Shall we delete what you began and did not hand in, with any photos you sent? The words of this chat stay until you ask us to delete everything. It cannot be undone.
discard-yes = Yes, delete it
discarded = It is deleted.

## News about a request. The first line tells nothing to somebody who sees the screen.

news = There is news about your request { $reference }.
news-returned = We have looked at it. To go on, we still need from you, until { $until }:
missing-line = • { $label } — { $reason }
news-returned-later = We will ask you for it here as soon as we have finished what we are at.
news-returned-human = One of our staff will help you with it: please write "person".
news-checked = Your data and papers are in order. Next, the request goes to the research committee.
news-appealed =
    Your wish that it be studied again is recorded. The research committee looks at it once more, and you hear from us here as soon as it has decided.
    You can follow it here: { $link }
news-with-committee =
    It is now with the research committee. The answer comes after not less than two weeks from the day you asked, from { $from } on.
    You can follow it here: { $link }
news-with-committee-again =
    It is with the research committee, which studies it now. You hear from us here as soon as it has decided.
    You can follow it here: { $link }
news-accepted =
    On { $day } it was accepted.
    The reason: { $reason }
    Next: we complete your registration, and one of our staff arranges with you how you receive the service.
    You can follow it here: { $link }
news-rejected =
    On { $day } the research committee decided that we cannot fulfil it this time.
    The reason: { $reason }
    If you see it differently, or something has changed, you have the right to ask, until { $until }, that it be studied again: write "person" here and tell us why. You may also ask for another service at any time.
    You can read it here: { $link }
news-registered = Your registration is complete. Next, you receive the service; one of our staff tells you when and how.
news-delivered = On { $day } we noted that you received what you asked for. If that is not so, write "person" and tell us.
news-closed = It is closed. You are welcome to write to us again at any time.
news-lapsed = What was missing did not reach us in time, so this request has ended. If you still need our help, you can ask again at any time, or write "person" to speak with one of us.
news-withdrawn = It is cancelled, and we do not study it any further. You can ask again at any time.

## How the bot introduces itself where a channel asks for it (Telegram: name up to 64 characters, description 512, short 120)

bot-name = { $association }
bot-description = Peace be upon you. Here you can ask us for help, see where your request stands, and speak with one of us, in your own language. Press "Start", or write to us.
bot-short = Ask for help, in your own language.
command-start = Begin
command-help = What can I do here?
command-menu = The menu
command-status = Where my request stands
command-human = Speak with a person
command-language = Change the language
command-resume = Go on with what I began
command-data = My data
command-stop = No more reminders
