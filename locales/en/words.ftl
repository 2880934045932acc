### What a person may type, and the names of things. Lists are separated by commas; a word steers
### only when it is the whole message, after folding case, digits, marks and end punctuation.

# The language's own name, and other names of it in any language (its tag is always understood).
language-name = English
language-aliases = inglés, anglais, ingles, inglizi, إنجليزي, الإنجليزية, انجليزية, انكليزي, الإنكليزية

# How numbers, lists and dates are written: a Unicode locale, with its digits.
format-locale = en-GB-u-nu-latn

# A day in both calendars.
both-calendars = { $gregorian } ({ $hijri })

# First words that give the language away, where its script alone does not.
greetings =
    hello, hi, hey, hiya, good morning, good afternoon, good evening, good day, greetings,
    peace be upon you, dear sir, dear madam, i need, i want, i am, i'm, please, can you, can i, how are you

word-yes =
    yes, y, yeah, yep, yup, yea, yes please, ok, okay, okey, sure, of course, agree, i agree, agreed, accept,
    i accept, correct, right, true, confirm, fine, 👍, ✅
word-no =
    no, n, nope, nah, no thanks, no thank you, disagree, i disagree, decline, i decline, refuse, wrong,
    incorrect, false, not now, 👎, ❌
word-back = back, go back, previous, undo, ⬅
word-skip = skip, skip it, skip this, pass, next, ⏭
word-stop = /stop, stop, stop it, unsubscribe, quit, exit, cancel, end, stop messages, no more messages
word-help = /help, help, help me, what can i do, how does this work, i do not understand, i don't understand, i dont understand,
    i didn't understand, i didnt understand, i did not understand, what does this mean, ℹ
word-human =
    /human, human, agent, person, officer, staff, operator, real person, talk to a human, speak to a human,
    talk to a person, speak to a person, talk to someone, speak to someone, call me
word-language = /language, language, languages, change language, change the language, 🌐
word-menu = /menu, menu, main menu, home, options, start over
word-pause = /pause, pause, later, continue later, not today, wait, save
word-resume = /resume, resume, continue, go on, carry on, proceed, keep going
word-change = change, edit, correct an answer, change an answer, edit an answer, modify, fix
word-status = /status, status, my request, my requests, my case, request status, track, track my request
word-rate = /rate, rate, rating, feedback, evaluate, survey
word-data = /data, my data, my information, privacy, delete my data, erase my data
word-done = done, finished, i am done, i'm done, that's all, that is all, complete, finish, enough
word-none = none, nothing, none of them, none of these, none of the above, not applicable, n/a,
    i have none, i don't have one, i dont have one, i do not have one, i don't have it, i dont have it, i do not have it

# Other words for "Keep this answer"; and where the menu is shown, for asking for help, a suggestion and a complaint.
keep-words = keep, keep it, keep this, keep that, leave it, as it is, unchanged
request-words = help, I need help, I want help, need help, help me, please help me, I need support, apply, request help, new request, service, services, a service, I need a service, I want a service, problem, a problem, I have a problem
suggestion-words = suggestion, suggest, make a suggestion, idea
complaint-words = complaint, complain, to complain, make a complaint, file a complaint, problem with your service

# Words of days.
day-today = today
day-yesterday = yesterday
day-tomorrow = tomorrow
# Words that may stand in a date and mean nothing: "the 6th of December", "in the year 2026".
day-fillers = the, of, in, on, year, month, day, date, st, nd, rd, th
# What marks a year's calendar.
era-gregorian = AD, CE, G
era-hijri = AH, H, Hijri

# Month names, also those that no library has.
gregorian-month-1 = January, Jan
gregorian-month-2 = February, Feb
gregorian-month-3 = March, Mar
gregorian-month-4 = April, Apr
gregorian-month-5 = May
gregorian-month-6 = June, Jun
gregorian-month-7 = July, Jul
gregorian-month-8 = August, Aug
gregorian-month-9 = September, Sep, Sept
gregorian-month-10 = October, Oct
gregorian-month-11 = November, Nov
gregorian-month-12 = December, Dec
hijri-month-1 = Muharram, Moharram, Muharam, Moharam
hijri-month-2 = Safar, Saffar
hijri-month-3 = Rabi I, Rabi 1, Rabi al-Awwal, Rabi' al-Awwal, Rabiʻ I, Rabi ul Awwal, Rabi al Awal, Rabi ul Awal, Rabee al Awwal
hijri-month-4 = Rabi II, Rabi 2, Rabi al-Thani, Rabi' al-Thani, Rabiʻ II, Rabi ath-Thani, Rabi al-Akhir, Rabi ul Akhir, Rabi ul Thani, Rabee al Thani
hijri-month-5 = Jumada I, Jumada 1, Jumada al-Ula, Jumada al-Awwal, Jumada al-Oola, Jumada ul Ula, Jumada ul Awwal
hijri-month-6 = Jumada II, Jumada 2, Jumada al-Thani, Jumada al-Thaniyah, Jumada al-Akhirah, Jumada al-Akhira, Jumada ath-Thaniyah, Jumada ul Thani
hijri-month-7 = Rajab
hijri-month-8 = Sha'ban, Shaban, Shaaban, Shabaan, Shaʻban
hijri-month-9 = Ramadan, Ramadhan, Ramazan, Ramzan
hijri-month-10 = Shawwal, Shawal
hijri-month-11 = Dhu al-Qa'dah, Dhu al-Qadah, Dhul Qadah, Dhul Qada, Dhul-Qi'dah, Dhul Qidah, Dhu al-Qidah, Dhuʻl-Qiʻdah, Zul Qadah, Zul Qada
hijri-month-12 = Dhu al-Hijjah, Dhul Hijjah, Dhul Hijja, Dhu al-Hijja, Dhuʻl-Hijjah, Zul Hijjah, Zul Hijja
