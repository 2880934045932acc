# What the officers' desk shows, in English. Statuses are in bot.ftl (status-…).

desk-title = Desk
desk-skip = Skip to content
desk-nav = Desk pages
desk-nav-queue = Requests
desk-nav-filed = Suggestions and complaints
desk-to-queue = Back to the requests

# Signing in
desk-sign-in = Sign in
desk-sign-out = Sign out
desk-sign-in-help = No access yet, or password forgotten? Ask an administrator for a new link.
desk-name = Name
desk-name-help = Colleagues see this name beside what you do. You sign in with it.
desk-password = Password
desk-password-again = The password once more
desk-password-help = At least 12 characters. A sentence that only you would say is good and easy to remember.
desk-login-wrong = Name and password do not match. Please check both and try again.
desk-login-locked = There were many attempts with this name. Please wait 15 minutes, then try again.
desk-login-busy = Many people are signing in at the moment. Please try again in a few seconds.
desk-setup = Welcome to the desk
desk-setup-lead = This link works once. Choose a password for your own access.
desk-setup-go = Create my access
desk-setup-gone = This link is no longer valid
desk-setup-gone-text = It was used already, its 24 hours are over, or a newer one took its place. Ask an administrator for a new one; on the machine itself, `wasl staff add` makes one.
desk-name-unfit = Please write a name of 1 to 60 characters.
desk-name-taken = Somebody already signs in with this name. Please choose another, for example with the family name.
desk-password-too-short = The password needs at least 12 characters. A short sentence works well.
desk-password-too-long = The password may have at most 256 characters. A shorter one is just as safe.
desk-password-too-plain = This password is easy to guess. Please use more different characters, and not your name.
desk-password-differs = The two passwords are not the same. Please type both again.

# The queue
desk-tabs = Which requests
desk-tab-open = All open
desk-tab-mine = Mine
desk-tab-unowned = Without owner
desk-tab-due = Due or overdue
desk-tab-committee = With the committee
desk-tab-waiting = Waiting for a person
desk-tab-finished = Finished
desk-col-reference = Reference
desk-col-service = Service
desk-col-status = Status
desk-col-owner = Owner
desk-col-due = Next due
desk-col-age = Age
desk-col-language = Language
desk-unowned = nobody yet
desk-queue-empty = Nothing here at the moment.
desk-pages = Pages of this list
desk-page-before = Back to what comes before
desk-page-after = More
desk-age = { $days ->
    [one] { $days } day
   *[other] { $days } days
  }
desk-due-in = { $days ->
    [0] today
    [1] tomorrow
   *[other] in { $days } days
  }
desk-due-late = { $days ->
    [0] today, overdue
    [one] { $days } day overdue
   *[other] { $days } days overdue
  }
desk-waiting-person = Somebody would like to speak to a person
desk-waiting-stuck = Somebody could not get on with the questions and would like help
desk-waiting-held = A colleague holds this conversation
desk-since = since { $moment }

# Finding a request
desk-find = Find a request
desk-find-label = Reference number, telephone number or email address
desk-find-help = Finished requests are found too. A telephone number or an email address is found as it was given with a request.
desk-find-go = Find
desk-find-found = What was found
desk-find-nothing = Nothing was found. Please check the number, or try another that the person may have given.

# Tasks
desk-tasks = Tasks and alerts
desk-tasks-none = No tasks. Everything that needs a person appears here.
desk-tasks-more = These are the oldest { $shown } of { $all }. The others follow when some of these are done.
desk-task-done = Mark as done
desk-task-person-wanted = Somebody would like to speak to a person
desk-task-erasure = Somebody asks that all data about them be deleted
desk-task-undeliverable = A message could not be delivered
desk-task-parked = A message could not be processed; it was put aside
desk-task-late-move = The person sent something for a request that had already moved on
desk-task-decision-refused = A decision from another system was refused
desk-task-unread = A message waits for somebody who wrote too long ago; please call them, or write another way
desk-task-same-person = Two people here may be one and the same; please compare their requests
desk-task-line = A channel needs attention: { $detail }
desk-task-suggestion = A new suggestion
desk-task-complaint = A new complaint
desk-task-late = A reminder or a survey could not be delivered in time and was dropped
desk-task-paper-missing = A signed request names a paper that is not stored; please ask for it again
desk-task-other = Something needs a person

# Suggestions and complaints
desk-filed-empty = Nothing was handed in yet.
desk-filed-suggestion = Suggestion
desk-filed-complaint = Complaint
desk-filed-administrators = Complaints are read by administrators only.
desk-filed-anonymous = The name stays out of this complaint.
desk-open-conversation = Open the conversation

# A case
desk-next-step = Next step:
desk-submitted = Submitted
desk-answer-from = Answer from
desk-answers = Answers and papers
desk-not-given = not given
desk-sensitive = sensitive
desk-size = { $kilobytes } KB
desk-steps = Steps
desk-steps-none = There is nothing to do here at the moment.
desk-steps-after-check = Compare the answers and save the check; the next step then appears here.
desk-decision = The committee's decision
desk-reason = Reason
desk-early-reason = Why earlier than the policy allows (kept with the decision)
desk-early-override = The committee answers from { $day }. As an administrator you may record the decision earlier, with a reason that is kept.
desk-early-wait = The decision can be recorded from { $day }.
desk-signature = Signature
desk-signed-at = Signed
desk-signed-on = Channel
desk-signed-version = Version of the declaration
desk-signed-hash = Hash of what was signed (SHA-256)
desk-signed-broken = What stands here is not what was signed: an answer was changed in the database afterwards. Please tell an administrator before going on.
desk-signed-earlier = Signed before, and completed since
desk-signed-broken-earlier = does not fit what was signed
desk-history = History

desk-check-help = Compare each answer with its paper. What you mark as mismatched or missing is told to the person in your words, so write them kindly.
desk-check-why = What does not match, or what should be sent
desk-check-open = not checked
desk-check-matched = matches
desk-check-mismatched = does not match
desk-check-missing = missing

desk-do-assign = Assign to me
desk-do-check = Save the check
desk-do-return = Return for completion
desk-help-return = The person is told exactly what is missing, and sends it in the chat.
desk-do-hand-over = Hand to the committee
desk-help-hand-over = The data was checked and is complete. The person is told from which day the answer can come.
desk-do-accept = Record: accepted
desk-do-reject = Record: rejected
desk-do-register = Registration complete
desk-help-register = All papers for the registration are there. The person is told.
desk-do-deliver = Service delivered
desk-help-deliver = The person has received the service. They are told, and the satisfaction survey follows.
desk-do-close = Close
desk-help-close = Nothing is left to do. The person is told.
desk-do-appeal = Record an appeal
desk-help-appeal = The person does not agree with the decision. Write down why, in their words; they are told that it is recorded, and the committee studies it again.
desk-do-withdraw = Withdraw
desk-help-withdraw = Only when the person asks for it. The request ends and the person is told.

desk-next-submitted = Compare answers and papers, then save the check.
desk-next-returned = Wait for the person: they were told what is missing.
desk-next-checked = Hand the request to the committee.
desk-next-with-committee = Record the committee's decision when it is there.
desk-next-accepted = Complete the registration.
desk-next-rejected = Nothing, unless the person appeals.
desk-next-appealed = Hand the request to the committee once more.
desk-next-registered = Provide the service, then record it.
desk-next-delivered = The survey is running. Close the request when nothing is left to do.
desk-next-closed = Nothing. This request is finished.
desk-next-withdrawn = Nothing. The person took the request back.
desk-next-lapsed = Nothing. The request lapsed.

desk-event-submitted = Submitted and signed
desk-event-assigned = Assigned
desk-event-checked = Checked
desk-event-check-saved = Check saved
desk-event-returned = Returned for completion
desk-event-completed = Completed and signed again
desk-event-with-committee = Handed to the committee
desk-event-accepted = Accepted
desk-event-rejected = Rejected
desk-event-appealed = Appealed
desk-event-registered = Registered
desk-event-delivered = Delivered
desk-event-closed = Closed
desk-event-withdrawn = Withdrawn
desk-event-lapsed = Lapsed

# The conversation
desk-person = Conversation with a person
desk-talk = Conversation
desk-talk-apart = Complaints are kept apart and are not shown here.
desk-talk-empty = Nothing was written yet.
desk-talk-bot = The bot answers at the moment. When you take over it is silent until you hand back.
desk-talk-waiting = This person waits for one of you. Take over, or write to them: the bot is silent then until you hand back.
desk-talk-held = A person answers at the moment; the bot is silent.
desk-talk-take = Take over
desk-talk-write = Write to the person
desk-talk-send = Send
desk-talk-hand-back = Hand back to the bot
desk-speaker-bot = Bot
desk-speaker-staff = Staff
desk-speaker-you = The person
desk-channel-webchat = Web chat
desk-channel-terminal = Terminal
desk-channel-telegram = Telegram
desk-channel-whatsapp = WhatsApp
desk-channel-email = Email

# Forgetting a person
desk-erase = Delete everything about this person
desk-erase-extent = { $requests ->
    [0] No requests
    [one] { $requests } request
   *[other] { $requests } requests
  }, { $papers ->
    [0] no papers
    [one] { $papers } paper
   *[other] { $papers } papers
  }.
desk-erase-goes = Deleted are: their name, address and answers, their papers, the whole conversation, their signature, the reasons written to them, and the words of their suggestions, complaints and surveys.
desk-erase-stays = Kept are, without a name: the number of each request, its service, status and dates, the outcome of decisions, the numbers given in surveys, and the log of who did what at the desk.
desk-erase-final = This cannot be undone. Please confirm it with the person in the conversation first: afterwards nobody can write to them here. If they write again, they begin anew.
desk-erase-confirm = The person confirmed that everything about them shall be deleted.
desk-erase-do = Delete everything now
desk-erase-back = Back to the conversation

# After a step
desk-done-assigned = The request is yours now.
desk-done-checked = The check is saved.
desk-done-returned = Returned. The person was told what is missing.
desk-done-handed-over = The request is with the committee. The person was told.
desk-done-accepted = Accepted. The person was told.
desk-done-rejected = Rejected. The person was told, with the reason and how to appeal.
desk-done-appealed = The appeal is recorded. The person was told.
desk-done-registered = The registration is complete. The person was told.
desk-done-delivered = Delivered. The survey follows.
desk-done-closed = The request is closed.
desk-done-withdrawn = The request is withdrawn.
desk-done-erased = The person is forgotten. What they wrote and sent is deleted.
desk-done-took-over = You hold the conversation now. The bot is silent.
desk-done-said = Your message is on its way.
desk-done-said-and-took = Your message is on its way, and you hold the conversation now. The bot is silent until you hand back.
desk-done-handed-back = The bot answers again.
desk-done-task = The task is done.
desk-done-signed-out = You are signed out.
desk-done-welcome = Welcome. Your access is ready.

# Refusals: what to do next
refused-out-of-order = This step does not follow from the present status ({ $status }). The page now shows the steps that do.
refused-too-early = The policy gives the committee at least two weeks. The decision can be recorded from { $day }; before that, only by an administrator, with a reason.
refused-not-allowed = Only an administrator may do this. Please ask one, or wait until { $day }.
refused-no-reason = A reason is needed. Please write it in one or two sentences, and do the step again.
refused-unchecked = Some answers are not yet checked, or do not match. Finish the check, or return the request for completion.
refused-nothing-missing = Nothing is marked as missing or mismatched. Mark what the person should send, save the check, then return the request.
refused-not-found = This request or conversation is not there any more. The list shows what is.
refused-store = It could not be saved just now, and nothing was changed. Please try again in a minute.
refused-form = The page sent something that could not be read, and nothing was changed. Please open it afresh and try again.
refused-changed = A colleague or the person did something here after you opened this page, so nothing was saved. This is how the request stands now: please look again.
refused-empty = There is nothing to send yet. Please write your message first.
refused-too-long = That is longer than can be kept. Please shorten it and try again.

refused-still-open = Some requests of this person are still open. Please close them, or withdraw them if that is the person's wish; then their data can be deleted.
refused-not-confirmed = Nothing was deleted. Please tick the box first, so that nobody is forgotten by mistake.

# Errors
desk-not-found = This page is not here
desk-not-found-text = The request may have been removed, or the address is incomplete.
desk-too-many = Too many tries in a short time
desk-too-many-text = Please wait a minute, then go back and try again.
desk-malformed = This could not be read
desk-malformed-text = The page sent something that is not a form of ours, or more than fits; nothing was changed. Please open the page afresh and try again.
desk-unfinished = This did not come to its end
desk-unfinished-text = Please open the page again and look whether your step was saved before you repeat it. If it happens again, tell the administrator.
desk-broken = Something went wrong on our side
desk-broken-text = Nothing was changed. Please try again in a minute; if it stays, tell the administrator.
