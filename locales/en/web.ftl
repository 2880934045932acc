# What the public pages say.

web-skip = Skip to the content
web-languages = Language
web-hide = Hide
web-registration = Registration number { $number }

web-home-title = We are here for you
web-about-title = How it works
web-about-1 = You tell us what you need in this chat, in your language, one question at a time.
web-about-2 = People of the association read your request and study it. You hear from us here, whatever the answer is.
web-about-3 = You can stop and come back whenever you like, and speak to a person at any time.

web-contact-title = Ways to reach us
web-contact-chat = Here on this page, at any time
web-contact-phone = Telephone
web-contact-email = Email
web-contact-website = Website
web-contact-address = Address

web-chat-title = Chat
web-chat-log = What was said so far
web-chat-begin = You are welcome here. Take the time you need.
web-chat-field = Write here
web-chat-send = Send
web-chat-upload = Send the file
web-chat-refresh = Look for new messages
web-chat-forget = Forget this chat on this device
web-chat-keep = Keep it

# What the chat's script says.
web-js-you = You
web-js-bot = Bot
web-js-staff = Staff
web-js-sending = Sending …
web-js-waiting = Not sent yet. We are trying again.
web-js-sent = Sent
web-js-refused = Not sent
web-js-done = Done
web-js-search = Search the list
web-js-none-found = Nothing in the list matches. Try another word.
web-js-choose = Choose a file
web-js-attach = Send a photo or file
web-js-file-hint = A photo or a PDF
web-js-file-large = This file is too large. Please choose a smaller one, or take a photo of the paper. If this is difficult, write "person" and one of us will help you.
web-js-uploading = Sending the file …
web-js-place = Use my place
web-js-place-wait = Finding your place …
web-js-place-failed = Your place could not be found. You can write it instead.
web-js-date-pick = Open the calendar
web-js-ended = This chat is no longer open. You can begin a new one.
web-chat-forget-ask = This device will forget the chat. You cannot open it here again, and you will not see our answer here. If you have a request, first keep its link.
web-js-forgotten = This device has forgotten the chat.
web-chat-new = New message
web-js-offline = No connection. We are trying again.
web-chat-start = Begin
web-js-answers = Answers to choose from

web-status-title = Your request
web-status-reference = Reference number
web-status-service = Service
web-status-submitted = Handed in on
web-status-answer-from = The answer comes from this day on
web-status-history = What happened so far
web-status-keep = Keep the address of this page: it shows where your request stands. Whoever has the address can see this page.
web-status-chat = Open the chat

web-secure-title = A question for you
web-secure-about = You came here from your chat with us. What you send on this page reaches us alone; it does not stand in the chat.
web-secure-reason = A note from our staff:
web-secure-photo = Take a photo with this phone
web-secure-photo-send = Send the photo
web-secure-file = Or choose a photo or PDF that you have already
web-secure-image = Or choose a photo that you have already
web-secure-another = To send another photo of the paper instead, go back to your chat and write "back".
web-secure-done-title = Thank you
web-secure-done = Your answer has reached us safely. You can close this page now and go back to your chat: we go on there.
web-secure-closed-title = This page is closed
web-secure-closed = To protect you, each link opens one question, once, for one day. Nothing you gave us is lost. Go back to your chat with us and write anything: if we still need an answer from you, a new link comes.

web-error-title = This did not work
web-error-home = To the first page
web-error-chat = Back to the chat
web-error-not-utf8 = The message could not be read: it is not written in UTF-8.
web-error-not-json = The message could not be read: it is not JSON.
web-error-wrong-shape = The message has another shape than expected.
web-error-bad-id = The id of the message must be 1 to 64 letters, digits, hyphens or underscores.
web-error-nothing = The message is empty. Please write something.
web-error-two-things = Please say one thing at a time.
web-error-bad-choice = This choice is not known. Please choose again.
web-error-bad-place = This is not a place. You can write it instead.
web-error-bad-form = The form could not be read. Please try again.
web-error-no-session = There is no open chat here. You can begin a new one.
web-error-cross-site = This came from another site, so it was not accepted. Please use our own page.
web-error-not-found = There is nothing at this address. Perhaps a letter of the address is missing.
web-error-wrong-method = This address cannot be used that way.
web-error-too-large = This is too large. A file may have up to { $megabytes } MB. If this is difficult, write "person" and one of us will help you.
web-error-content-type = This kind of content cannot be read here.
web-error-file-empty = The file is empty. Please choose it again. If this is difficult, write "person" and one of us will help you.
web-error-file-type = Please send a photo or a PDF. Other kinds of file cannot be opened here. If this is difficult, write "person" and one of us will help you.
web-error-file-full = No more files can be kept for you. Please ask to speak to a person.
web-error-too-many = That was a lot at once. Please wait a moment, then try again.
web-error-papers-at-once = Files of yours are still on their way. Please wait until they have arrived, then send the next one.
web-error-stalled = The file stopped arriving. Please try again where the connection is better.
web-error-busy = We are busy at the moment. Please try again shortly.
web-error-unstored = Your message could not be kept just now. Please send it again in a moment.
web-error-broken = Something went wrong on our side. We are sorry. Please try again in a moment.
