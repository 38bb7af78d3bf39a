//! The names and words by which gateways, and what stands before them, tell what became of a payment. Names
//! and words are lower case, without what writers differ in: `_`, `-` and blanks.
#![forbid(unsafe_code)]

/// Members that say yes or no.
#[rustfmt::skip]
pub const YES_FLAGS: &[&str] = &[
    "success", "successful", "issuccess", "issuccessful", "succeeded", "ok", "isok", "accepted", "isaccepted",
    "approved", "paid", "ispaid", "processed", "completed", "initiated", "created",
];
#[rustfmt::skip]
pub const NO_FLAGS: &[&str] = &[
    "failed", "isfailed", "failure", "rejected", "declined", "iserror", "haserror", "haserrors",
];
#[rustfmt::skip]
pub const STATUSES: &[&str] = &[
    "status", "state", "paymentstatus", "transactionstatus", "orderstatus", "paymentstate",
    "paymentstatusdescription", "responsestatus", "result", "outcome", "data",
];
#[rustfmt::skip]
pub const CODES: &[&str] = &[
    "statuscode", "httpstatus", "httpstatuscode", "httpcode", "code", "errorcode", "messagecode",
    "responsecode", "resultcode",
];
/// Names of codes of which zero is a success.
#[rustfmt::skip]
pub const RESULT_CODES: &[&str] = &["messagecode", "responsecode", "resultcode"];
#[rustfmt::skip]
pub const MESSAGES: &[&str] = &[
    "message", "msg", "detail", "details", "description", "title", "reason", "error", "errormessage",
    "errordescription", "statusdescription", "statusmessage", "responsemessage", "responsedescription",
];
/// What an error may be told by, and nothing but an error.
#[rustfmt::skip]
pub const ERROR_MEMBERS: &[&str] = &[
    "message", "msg", "detail", "details", "description", "title", "reason", "hint", "error", "errors",
    "errortype", "errorcode", "errormessage", "errordescription", "name", "type", "code", "status",
    "statuscode", "statusmessage", "messagecode", "success", "traceid", "requestid", "correlationid",
    "instance", "path", "method", "timestamp", "realm",
];
/// The starts of the words that a status may be.
#[rustfmt::skip]
pub const YES_WORDS: &[&str] = &[
    "succe", "process", "pending", "inprocess", "inprogress", "settle", "complete", "accept",
    "receive", "authorized", "authorised", "initiat", "queue", "submit", "sent", "create", "ok", "paid",
    "approve", "onhold", "reversed", "refunded", "waiting", "awaiting",
];
/// Parts of such words, where none of the next stands beside.
#[rustfmt::skip]
pub const YES_PARTS: &[&str] = &[
    "success", "accepted", "processing", "pending", "settled", "completed", "approved", "received",
];
#[rustfmt::skip]
pub const NO_PARTS: &[&str] = &["un", "not", "fail", "error", "declin", "reject", "refus", "cancel", "invalid"];
#[rustfmt::skip]
pub const NO_WORDS: &[&str] = &[
    "fail", "error", "declin", "reject", "cancel", "expir", "invalid", "denied", "refus", "abort", "unsuccess",
    "unauthor", "forbidden", "notfound", "badrequest",
];
#[rustfmt::skip]
pub const DOUBT_WORDS: &[&str] = &[
    "timeout", "timedout", "unknown", "ambiguous", "duplicate",
];
/// Whole messages that say yes.
#[rustfmt::skip]
pub const SUCCESSES: &[&str] = &[
    "ok", "success", "succeeded", "successful", "accepted", "approved", "processed", "completed", "done",
    "received", "queued", "created", "processing", "pending", "settled", "paid",
];
/// Statuses as a gateway writes them among other words.
#[rustfmt::skip]
pub const DONE_WORDS: &[&str] = &[
    "SUCCESS", "SUCCESSFUL", "PROCESSING", "PENDING", "SETTLED", "COMPLETED", "ACCEPTED", "PAID",
];
/// Parts of messages that say yes, where none of `DENIALS` stands beside.
#[rustfmt::skip]
pub const SUCCESS_PHRASES: &[&str] = &[
    "success", "succeeded", "is in process", "being processed", "been received", "been accepted", "been processed",
    "been queued", "been submitted", "been sent", "been initiated", "been created", "was created",
    "was accepted", "was sent", "was initiated", "payment created", "payment initiated", "payment accepted",
    "payment received", "payment processed", "payment completed", "payment pending", "transaction pending",
    "push sent", "request accepted", "request sent", "awaiting customer", "awaiting confirmation",
    "awaiting payment", "enter your pin", "enter pin",
];
#[rustfmt::skip]
pub const DENIALS: &[&str] = &[
    "not", "n't", "unsuccess", "un-success", "fail", "could", "cannot", "unable", "error", "invalid", "declin",
    "reject", "refus", "no ", "never", "without", "before", "must", "should", "only", "already",
];
/// Parts of messages about the access to the API.
#[rustfmt::skip]
pub const ACCESS_WORDS: &[&str] = &[
    "authori", "unauth", "authent", "token", "credential", "api-key", "api key", "jwt", "bearer", "access",
    "log in", "login", "session", "forbidden",
];
/// The starts of the words that such a message is made of, and the words between them. A message with any other word
/// tells of something else.
#[rustfmt::skip]
pub const ACCESS_STEMS: &[&str] = &[
    "access", "api", "authent", "authori", "bearer", "credential", "denied", "expir", "forbid", "header", "http",
    "invalid", "jwt", "key", "log", "malform", "miss", "oauth", "permi", "provid", "requir", "revok", "scheme",
    "session", "sign", "subscription", "token", "unauth", "user", "valid", "verif",
];
#[rustfmt::skip]
pub const ACCESS_FILLERS: &[&str] = &[
    "a", "again", "an", "and", "are", "bad", "be", "been", "by", "can", "cannot", "check", "client", "code", "could",
    "do", "due", "error", "expected", "fail", "failed", "for", "found", "from", "full", "has", "have", "http", "in",
    "incorrect", "is", "it", "merchant", "must", "new", "no", "not", "of", "on", "or", "please", "refresh", "request",
    "resource", "status", "t", "that", "the", "this", "to", "was", "were", "with", "wrong", "you", "your",
];
/// What a message says when nobody knows what was done.
#[rustfmt::skip]
pub const DOUBTS: &[&str] = &[
    "timed out", "timeout", "time-out", "time out", "internal error", "server error", "unexpected error",
    "unknown error", "something went wrong", "in progress", "error occurred", "no response", "no reponse", "not respond",
    "response not received", "reset by peer", "bad gateway", "unable to determine", "status unknown", "ambiguous",
    "partially", "object reference not set", "deadlock", "check the status",
];
/// What follows `already`, and parts of messages, where the same payment came before.
#[rustfmt::skip]
pub const ALREADY: &[&str] = &[
    "used", "in use", "exist", "process", "progress", "submit", "receiv", "paid", "complete", "made", "sent", "taken",
    "accept", "initiat", "queue", "regist",
];
/// What a payment is named by, in words that say that it is there.
#[rustfmt::skip]
pub const OWN_NAMES: &[&str] = &["order", "orderid", "reference", "trans", "transid", "transaction", "transactionid"];
#[rustfmt::skip]
pub const REPEATED: &[&str] = &[
    "duplicate", "been used", "not unique", "must be unique", "used before", "submitted before", "processed before",
    "received before", "sent before", "paid before",
];

/// Names that end like an id and are none of a payment.
#[rustfmt::skip]
pub const OTHER_IDS: &[&str] = &[
    "traceid", "requestid", "correlationid", "clientid", "spanid", "parentid", "activityid", "rayid",
    "cfrayid", "errorid", "logid", "eventid", "messageid", "vendorid", "merchantid", "appid", "applicationid",
    "userid", "accountid", "customerid", "sessionid", "instanceid", "hostid", "serverid", "tenantid",
    "providerid", "incidentid", "supportid", "ipnid", "notificationid", "valid", "isvalid", "invalid",
    "isinvalid", "paid", "ispaid", "unpaid", "void", "href", "kid", "linenumber",
];
#[rustfmt::skip]
pub const PARTS_OF_IDS: &[&str] = &[
    "reference", "receipt", "tracking", "confirmation", "redirect", "checkoutlink", "checkouturl",
    "paymentlink", "paymenturl",
];
#[rustfmt::skip]
pub const IDS: &[&str] = &[
    "transaction", "txn", "payment", "order", "transactionno", "paymentno", "orderno", "refno", "link", "url",
];

/// Members whose link leads to no payment.
#[rustfmt::skip]
pub const OTHER_LINKS: &[&str] = &[
    "type", "instance", "path", "help", "helpurl", "docs", "documentation", "moreinfo", "infourl", "callbackurl",
    "support", "self", "schema", "about", "message", "msg", "detail", "description", "title", "hint", "error",
];

/// Texts by which writers say that there is no value.
#[rustfmt::skip]
pub const NOTHINGS: &[&str] = &[
    "null", "undefined", "none", "nil", "na", "nan", "false", "string",
];
