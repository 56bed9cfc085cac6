// Written by proto/typescript.py from the schema. Not to be edited.

export const enum NoteKind {
  NOTE_REMARK = 1,
  NOTE_CALL = 2,
  NOTE_DIFFICULTY = 3,
}
export const enum CallResult {
  CALL_REACHED = 1,
  CALL_NO_ANSWER = 2,
  CALL_WRONG_NUMBER = 3,
}
export const enum NoteHelp {
  HELP_EXTENSION = 1,
  HELP_INSTALMENTS = 2,
}
export const enum Role {
  ROLE_SALES = 1,
  ROLE_CONTROLLER = 2,
  ROLE_ACCOUNTANT = 3,
  ROLE_MANAGER = 4,
  ROLE_OWNER = 5,
}
export const enum Right {
  RIGHT_NONE = 1,
  RIGHT_SELL = 2,
  RIGHT_TAKE_MONEY = 3,
  RIGHT_MATCH = 4,
  RIGHT_CREDIT_NOTE = 5,
  RIGHT_REVERSE = 6,
  RIGHT_EDIT_CUSTOMER = 7,
  RIGHT_LOCK = 8,
  RIGHT_SET_LIMIT = 9,
  RIGHT_APPROVE = 10,
  RIGHT_EDIT_CATALOGUE = 11,
  RIGHT_CUSTOM_LINE = 12,
  RIGHT_BACKDATE = 13,
  RIGHT_BACKFILL = 14,
  RIGHT_CONFIRM_MONEY = 15,
  RIGHT_EDIT_GROUPS = 16,
  RIGHT_EDIT_STAFF = 17,
  RIGHT_EDIT_BRANCHES = 18,
  RIGHT_EDIT_TERMINALS = 19,
  RIGHT_SEE = 20,
  RIGHT_SEE_TRIAL_BALANCE = 21,
  RIGHT_SERVER = 22,
  RIGHT_SEE_ALARMS = 30,
  RIGHT_SEE_AUDIT = 31,
  RIGHT_REFUND = 240,
  RIGHT_SEE_COST = 420,
}
export const enum DocumentKind {
  DOCUMENT_INVOICE = 1,
  DOCUMENT_CREDIT_NOTE = 2,
  DOCUMENT_PAYMENT = 3,
  DOCUMENT_REVERSAL = 4,
  DOCUMENT_REFUND = 240,
  DOCUMENT_MONEY_MOVE = 241,
}
export const enum DocumentState {
  DOCUMENT_OPEN = 1,
  DOCUMENT_PART = 2,
  DOCUMENT_CLOSED = 3,
  DOCUMENT_REVERSED = 4,
}
export const enum PaymentKind {
  PAYMENT_CASH = 1,
  PAYMENT_POS = 2,
  PAYMENT_TRANSFER = 3,
  PAYMENT_SLIP = 4,
}
export const enum ExcessPolicy {
  EXCESS_BLOCK = 1,
  EXCESS_WARN = 2,
  EXCESS_APPROVE = 3,
}
export const enum PostingAccount {
  GL_RECEIVABLE = 1,
  GL_SALES = 2,
  GL_TAX = 3,
  GL_CHARGES = 4,
  GL_CASH = 5,
  GL_BANK = 6,
  GL_POS_CLEARING = 7,
  GL_MONEY_ON_ITS_WAY = 8,
  GL_CASH_ROUNDING = 240,
  GL_SETTLEMENT_DISCOUNT = 241,
  GL_MONEY_IN_TRANSIT = 242,
  GL_BANK_FEES = 243,
  GL_CASH_IN_OUT = 244,
  GL_CASH_DIFFERENCE = 245,
  GL_OPENING = 246,
}
export const enum Threshold {
  THRESHOLD_DISCOUNT = 1,
  THRESHOLD_BELOW_LIST = 2,
  THRESHOLD_BELOW_FLOOR = 3,
  THRESHOLD_CUSTOM_AMOUNT = 4,
  THRESHOLD_CUSTOM_SHARE = 5,
  THRESHOLD_OTHER_TAX = 6,
  THRESHOLD_LATER_DUE = 7,
  THRESHOLD_TERM_DAYS = 8,
  THRESHOLD_OWN_NUMBER = 9,
  THRESHOLD_REVERSAL = 10,
  THRESHOLD_OPENING_LIMIT = 11,
  THRESHOLD_BELOW_COST = 420,
  THRESHOLD_CASH_OUT = 450,
  THRESHOLD_CASH_IN = 451,
  THRESHOLD_MOVE_FEE = 452,
}
export const enum RefusalCode {
  UNREADABLE = 1,
  FIELD_MISSING = 2,
  FIELD_INVALID = 3,
  AMOUNT_NOT_POSITIVE = 4,
  AMOUNT_TOO_BIG = 5,
  DATE_INVALID = 6,
  DATE_IN_FUTURE = 7,
  DATE_BEFORE_TODAY = 8,
  TEXT_INVALID = 9,
  TOO_MANY = 10,
  WRONG_CURRENCY = 11,
  NOT_LOGGED_IN = 20,
  RIGHT_MISSING = 21,
  LOGIN_WRONG = 22,
  LOGIN_THROTTLED = 23,
  STAFF_BLOCKED = 24,
  TERMINAL_BLOCKED = 25,
  TERMINAL_UNKNOWN = 26,
  CODE_WRONG = 27,
  CODE_USED = 28,
  CODE_EXPIRED = 29,
  PASSWORD_WEAK = 30,
  BRANCH_BLOCKED = 31,
  CERTIFICATE_EXPIRED = 32,
  BUSY = 33,
  READ_ONLY = 34,
  DEADLINE_PASSED = 35,
  VERSION_UNKNOWN = 36,
  ALREADY_SUBSCRIBED = 37,
  SERVER_OLDER = 38,
  CLIENT_OLDER = 39,
  NOT_FOUND = 40,
  ALREADY_EXISTS = 41,
  COMMAND_ID_REUSED = 42,
  COMMAND_ID_TOO_OLD = 43,
  COMMAND_ID_FOREIGN = 44,
  NOTHING_TO_CHANGE = 45,
  RETIRED = 46,
  QUARANTINED = 47,
  QUERY_DISABLED = 48,
  CUSTOMER_LOCKED = 60,
  CREDIT_LIMIT_EXCEEDED = 61,
  APPROVAL_NEEDED = 62,
  OVERDUE_TOO_OLD = 63,
  OVERDUE_TOO_MUCH = 64,
  DOCUMENT_TOO_BIG_FOR_CUSTOMER = 65,
  APPROVAL_NOT_OPEN = 66,
  BUYER_NOT_AUTHORISED = 67,
  BUYER_CAP_EXCEEDED = 68,
  LOCK_STATE = 69,
  NOT_IN_CATALOGUE = 80,
  PRICE_MISSING = 81,
  QUANTITY_NOT_POSITIVE = 82,
  DISCOUNT_TOO_BIG = 83,
  TOTAL_NEGATIVE = 84,
  MORE_THAN_SOLD = 85,
  ALREADY_REVERSED = 86,
  NOT_REVERSIBLE = 87,
  NUMBER_TAKEN = 100,
  NOT_CONFIRMABLE = 101,
  MATCH_TOO_MUCH = 102,
  MATCH_OTHER_CUSTOMER = 103,
  MATCH_NOTHING = 104,
  MATCH_UNDONE = 105,
  TILL_OTHER_BRANCH = 106,
  QUESTION_TOO_BIG = 120,
  RECORD_DAMAGED = 121,
  RENEWAL_TOO_EARLY = 130,
  SECOND_PERSON_NEEDED = 131,
  TOO_MANY_CONNECTIONS = 132,
  DATED_LATER = 140,
  DATE_TOO_EARLY = 141,
  RECEIPT_WRONG = 150,
  NO_RECOVERY = 151,
  OFFER_DECIDED = 152,
  RECOVERY_UNFINISHED = 153,
  TEXT_UNSEEN = 170,
  TEXT_BLANK = 171,
  TEXT_EDGE = 172,
  TEXT_MARK = 173,
  TEXT_BREAK = 174,
  MORE_THAN_YOU_MAY = 220,
  STAFF_OF_OTHER_BRANCH = 221,
  BOUND_TO_BRANCH = 710,
  UNPAID_TOO_MANY = 222,
  RULES_TOO_OLD = 223,
  APPROVAL_UNDECIDED = 200,
  APPROVAL_DENIED = 201,
  APPROVAL_USED_ALREADY = 202,
  APPROVAL_LAPSED = 203,
  APPROVAL_OTHER_CUSTOMER = 204,
  APPROVAL_OTHER_BRANCH = 205,
  APPROVAL_OTHER_GOODS = 206,
  APPROVAL_FOR_LESS = 207,
  OWN_APPROVAL = 208,
  WITHIN_LIMIT = 209,
  APPROVAL_OUTGROWN = 770,
  LOOKS_LIKE = 440,
  NUMBER_OF_OTHER_SERIES = 441,
  NOT_IMPORTED = 442,
  CASH_SALE_UNPAID = 240,
  PAID_TOO_MUCH = 241,
  REFUND_TOO_MUCH = 243,
  MONEY_NOT_THERE = 244,
  MONEY_LEFT = 245,
  TILL_CLOSED = 246,
  TILL_OPEN = 247,
  TILL_COUNTED = 248,
  TILL_NOT_COUNTED = 249,
  SITE_LIMIT_EXCEEDED = 400,
  PAYER_LOCKED = 401,
  PAYER_HAS_PAYER = 402,
  PAYER_HAS_SITES = 403,
  ROUNDING_TOO_MUCH = 242,
  NOT_IN_COINS = 456,
  UNIT_UNKNOWN = 420,
  UNIT_NOT_EXACT = 421,
  PIN_NEEDED = 475,
  PIN_WRONG = 476,
  PIN_LOCKED = 477,
  ORIGIN_NOT_OURS = 500,
  PROOF_WRONG = 501,
  NOTICES_OFF = 540,
  NOT_A_PRINTER = 560,
  CUSTOMER_OPEN = 680,
  CUSTOMER_ERASED = 681,
  CUSTOMER_MERGED = 660,
  MERGE_IN_USE = 661,
  SAME_CUSTOMER = 740,
  BUYER_NEEDED = 620,
}
export const enum PrinterState {
  PRINTER_READY = 1,
  PRINTER_NO_PAPER = 2,
  PRINTER_COVER_OPEN = 3,
  PRINTER_NOT_REACHABLE = 4,
}
export const enum WayOutKind {
  WAY_PAY_NOW = 1,
  WAY_PART_NOW = 2,
  WAY_CONFIRM_MONEY = 3,
  WAY_ASK_APPROVAL = 4,
  WAY_RAISE_LIMIT = 5,
  WAY_UNLOCK = 6,
  WAY_PAY_OVERDUE = 7,
  WAY_CHANGE_TERMS = 220,
}
export const enum ReadOnlyCause {
  READ_ONLY_DISK_FULL = 1,
  READ_ONLY_DISK_UNKNOWN = 2,
  READ_ONLY_STATE_FULL = 3,
  READ_ONLY_VAULT_FULL = 4,
  READ_ONLY_ENTRY_WAITS = 5,
  READ_ONLY_OTHER_WRITER = 6,
  READ_ONLY_UNKNOWN_YET = 7,
}
export const enum Verdict {
  VERDICT_ALLOWED = 1,
  VERDICT_WARNED = 2,
  VERDICT_APPROVED = 3,
  VERDICT_POSTED = 4,
  VERDICT_BLOCKED = 5,
  VERDICT_NEEDS_APPROVAL = 6,
}
export const enum LimitSource {
  LIMIT_OF_CUSTOMER = 1,
  LIMIT_OF_GROUP = 2,
  LIMIT_OF_COMPANY = 3,
}
export const enum TerminalAlarm {
  TERMINAL_COPIED = 1,
  TERMINAL_MET_NEWER = 2,
  TERMINAL_MET_OTHER = 3,
}
export const enum ReportSource {
  REPORT_DOCUMENTS = 1,
  REPORT_LINES = 2,
  REPORT_PAYMENTS = 3,
  REPORT_CUSTOMERS = 4,
}
export const enum ReportBy {
  BY_DAY = 1,
  BY_MONTH = 2,
  BY_BRANCH = 3,
  BY_STAFF = 4,
  BY_CUSTOMER = 5,
  BY_KIND = 6,
  BY_PRODUCT = 7,
  BY_PAYMENT_KIND = 8,
  BY_DOCUMENT = 9,
}
export const enum ReportSpan {
  SPAN_TODAY = 1,
  SPAN_WEEK = 2,
  SPAN_MONTH = 3,
  SPAN_LAST_MONTH = 4,
  SPAN_YEAR = 5,
}
export const enum ReportOdd {
  ODD_BACKDATED = 1,
  ODD_DISCOUNT = 2,
  ODD_REVERSED = 3,
  ODD_CORRECTED = 4,
  ODD_OVER_LIMIT = 5,
  ODD_JUMP = 6,
}
export const enum TermField {
  TERM_LIMIT = 1,
  TERM_POLICY = 2,
  TERM_OVERDUE = 3,
  TERM_DOCUMENT_MAX = 4,
  TERM_VALIDITY = 5,
  TERM_DAYS = 6,
  TERM_CREDIT_NOTE_APPROVE = 7,
  TERM_OWN_REVERSAL = 8,
  TERM_TITLE = 9,
  TERM_UNPAID_MAX = 220,
  TERM_SLIP_WEIGHT = 404,
}
export const enum OwnApproval {
  OWN_NOBODY = 1,
  OWN_OWNER = 2,
  OWN_ANYBODY = 3,
}
export const enum MatchOrder {
  MATCH_PARTS_ONLY = 1,
  MATCH_OLDEST_DUE = 2,
}
export const enum PaperField {
  PAPER_CHARGES = 1,
  PAPER_NOTE = 2,
  PAPER_SALESPERSON = 3,
  PAPER_BUYER = 4,
  PAPER_REFERENCE = 5,
  PAPER_PAYER = 6,
}
export const enum WarningKind {
  WARNING_OVER_LIMIT = 1,
  WARNING_LIKELY_DOUBLE = 2,
  WARNING_BACKDATED = 3,
  WARNING_LEFT_UNMATCHED = 122,
}
export const enum EventKind {
  COMPANY_CREATED = 1,
  RULES_VERSION_ADOPTED = 2,
  DAY_TURNED = 3,
  BRANCH_CHANGED = 10,
  STAFF_CHANGED = 12,
  STAFF_SIGNED_OUT = 13,
  TERMINAL_CHANGED = 15,
  CUSTOMER_OPENED = 30,
  CUSTOMER_CHANGED = 31,
  CUSTOMER_LOCKED_EVENT = 32,
  CUSTOMER_UNLOCKED = 33,
  GROUP_CHANGED = 34,
  CUSTOMER_GROUPED = 36,
  PAYER_CHANGED = 400,
  BUYER_CHANGED = 38,
  PRODUCT_CHANGED = 50,
  MONEY_ACCOUNT_CHANGED = 60,
  LIMIT_CHANGED = 70,
  POLICY_CHANGED = 71,
  APPROVAL_ASKED = 72,
  APPROVAL_DECIDED = 73,
  APPROVAL_USED = 74,
  INVOICE_ISSUED = 80,
  CREDIT_NOTE_ISSUED = 81,
  ITEMS_MATCHED = 90,
  MATCH_UNDONE_EVENT = 91,
  PAYMENT_TAKEN = 100,
  PAYMENT_CONFIRMED = 101,
  DOCUMENT_REVERSED_EVENT = 110,
  POSTED_OVER_LIMIT = 120,
  DAY_TURNED_BACK = 130,
  RECOVERY_BEGUN = 140,
  OFFER_STAGED = 141,
  OFFER_BACK_EVENT = 142,
  OFFER_NOT_BACK = 143,
  OFFER_DECLINED_EVENT = 144,
  RECOVERY_CHANGED = 145,
  TERMINAL_ALARMED = 150,
  THRESHOLDS_CHANGED = 220,
  PRICES_CHANGED = 420,
  CASH_POLICY_CHANGED = 240,
  MONEY_REFUNDED = 241,
  MONEY_MOVED = 242,
  NOTE_CHANGED = 660,
  CUSTOMER_MERGED_EVENT = 661,
  CUSTOMER_UNMERGED = 662,
  TILL_CHANGED = 243,
  REPORT_CHANGED = 680,
  CUSTOMER_ERASED_EVENT = 681,
  STATEMENT_MADE = 800,
}
export const enum ApprovalState {
  APPROVAL_WAITING = 1,
  APPROVAL_GRANTED = 2,
  APPROVAL_REFUSED = 3,
  APPROVAL_SPENT = 4,
  APPROVAL_EXPIRED = 5,
}
export const enum DecisionKind {
  DECISION_SALE_REFUSED = 1,
  DECISION_PARKED = 2,
  DECISION_APPROVED = 3,
  DECISION_DENIED = 4,
  DECISION_APPROVAL_USED = 5,
  DECISION_OVER_LIMIT = 6,
  DECISION_BACKDATED = 7,
  DECISION_REVERSED = 8,
  DECISION_IMPORT_UNDONE = 9,
  DECISION_DISCOUNT = 10,
  DECISION_CORRECTED = 11,
}
export const enum MoneyAccountKind {
  MONEY_TILL = 1,
  MONEY_BANK_ACCOUNT = 2,
  MONEY_POS_DEVICE = 3,
}
export const enum MoneyMoveKind {
  MOVE_BETWEEN = 1,
  MOVE_CASH_IN = 2,
  MOVE_CASH_OUT = 3,
  MOVE_DIFFERENCE = 4,
}
export const enum OfferState {
  OFFER_WAITING = 1,
  OFFER_BACK = 2,
  OFFER_DIFFERS = 3,
  OFFER_REFUSED = 4,
  OFFER_DECLINED = 5,
}
export const enum CustomerSort {
  SORT_CODE = 1,
  SORT_BALANCE = 2,
  SORT_AVAILABLE = 3,
  SORT_OVERDUE = 660,
  SORT_OLDEST = 661,
  SORT_CHANGE = 662,
  SORT_BRANCH = 663,
  SORT_CALLS = 664,
}
export const enum ListCalls {
  CALLS_NOW = 1,
  CALLS_ALL = 2,
}
export const enum MatchReason {
  MATCH_REASON_NUMBER = 1,
  MATCH_REASON_AMOUNT = 2,
  MATCH_REASON_OLDEST = 3,
  MATCH_REASON_ONLY = 4,
}
export const enum DocumentsBy {
  DOCUMENTS_BY_DAY = 1,
  DOCUMENTS_BY_BRANCH = 2,
  DOCUMENTS_BY_PAYMENT_KIND = 3,
  DOCUMENTS_BY_PLACE = 4,
  DOCUMENTS_BY_STAFF = 5,
}
export const enum MasterKind {
  MASTER_POLICY = 1,
  MASTER_RIGHTS = 2,
  MASTER_BRANCH = 3,
  MASTER_STAFF = 4,
  MASTER_TERMINAL = 5,
  MASTER_MONEY_ACCOUNT = 6,
  MASTER_GROUP = 7,
  MASTER_PRODUCT = 8,
  MASTER_PRICE_LIST = 9,
}
export const enum Topic {
  TOPIC_CUSTOMERS = 1,
  TOPIC_APPROVALS = 2,
  TOPIC_ALARMS = 10,
  TOPIC_TOTALS = 520,
  TOPIC_DECISIONS = 521,
}
export const enum NoticeResult {
  NOTICE_SENT = 1,
  NOTICE_GONE = 2,
  NOTICE_REFUSED = 3,
  NOTICE_UNREACHABLE = 4,
  NOTICE_BLOCKED = 5,
  NOTICE_LATE = 6,
  NOTICE_CANCELLED = 7,
  NOTICE_WAITS = 8,
}
export const enum PrintOutcome {
  PRINT_DONE = 1,
  PRINT_NO_PRINTER = 2,
  PRINT_NO_PAPER = 3,
  PRINT_COVER_OPEN = 4,
  PRINT_NOT_REACHABLE = 5,
  PRINT_FAILED = 6,
  PRINT_UNKNOWN = 7,
  PRINT_TOO_MANY = 8,
  PRINT_OTHER_BRANCH = 9,
  PRINT_TOO_BIG = 10,
}
export const enum ImportKind {
  KIND_CUSTOMERS = 600,
  KIND_PRODUCTS = 601,
  KIND_INVOICES = 602,
  KIND_PAYMENTS = 603,
  KIND_CREDIT_NOTES = 604,
  KIND_BALANCES = 605,
  KIND_PRICES = 606,
  KIND_GROUPS = 607,
  KIND_CUSTOMERS_AND_BALANCES = 608,
}
export const enum ImportAction {
  IMPORT_LOOK = 600,
  IMPORT_TRY = 601,
  IMPORT_BOOK = 602,
  IMPORT_UNDO = 603,
  IMPORT_STOP = 604,
  IMPORT_FORGET = 605,
}
export const enum ImportAsked {
  ASKED_HIDDEN = 600,
  ASKED_DECIMAL = 601,
  ASKED_DECIMAL_MIXED = 602,
  ASKED_DATES = 603,
  ASKED_DATES_MIXED = 604,
  ASKED_AMOUNTS = 605,
  ASKED_TAX = 606,
  ASKED_FREE = 607,
  ASKED_COLUMNS = 608,
}
export interface Text {
  value?: string;
  id?: Uint8Array;
  size?: number;
  digest?: Uint8Array;
  unreadable?: boolean;
}
export interface ProductUnit {
  code: string;
  factor?: bigint;
  price?: bigint;
  barcodes: string[];
  retired?: boolean;
  no_price?: boolean;
}
export interface WayOut {
  kind: WayOutKind;
  amount_minor?: bigint;
  roles: Role[];
  customer_code?: string;
}
export interface Refusal {
  code: RefusalCode;
  field?: string;
  over_by_minor?: bigint;
  available_minor?: bigint;
  most?: bigint;
  days?: number;
  right?: Right;
  roles: Role[];
  existing?: bigint;
  existing_number?: string;
  retry_ms?: number;
  decision?: Decision;
  ways: WayOut[];
  reason?: Text;
  from_ms?: bigint;
  date?: number;
  by?: string;
  replaced_by?: string;
  at?: number;
  point?: number;
  threshold?: Threshold;
  wanted?: bigint;
  branch?: string;
  approval?: bigint;
  goods?: string;
  payer_code?: string;
  units?: string;
  cause?: ReadOnlyCause;
  paid_minor?: bigint;
  tries_left?: number;
  above_minor?: bigint;
  day_minor?: bigint;
}
export interface Decision {
  verdict: Verdict;
  policy_version: number;
  limit_source: LimitSource;
  unlimited: boolean;
  limit_minor: bigint;
  bills_minor: bigint;
  uncleared_minor: bigint;
  unmatched_minor: bigint;
  exposure_minor: bigint;
  amount_minor: bigint;
  over_by_minor: bigint;
  overdue_minor?: bigint;
  oldest_overdue_days?: number;
  walls: RefusalCode[];
  approval?: bigint;
  limit_group?: bigint;
  currency?: string;
  replaces_minor?: bigint;
  unpaid_bills?: number;
  unpaid_max?: number;
  too_old_minor?: bigint;
  payer?: number;
  payer_code?: string;
  site_limit_minor?: bigint;
  site_exposure_minor?: bigint;
  site_over_by_minor?: bigint;
  slip_weight?: number;
  freed_minor?: bigint;
}
export interface ReportDefinition {
  source: ReportSource;
  by: ReportBy[];
  span?: ReportSpan;
  from?: number;
  until?: number;
  branch?: number;
  group?: number;
  customer?: number;
  staff?: number;
  product?: number;
  kind?: DocumentKind;
  payment_kind?: PaymentKind;
  odd?: ReportOdd;
  columns: string[];
  overdue?: boolean;
}
export interface Command {
  create_company?: CreateCompany;
  adopt_rules_version?: AdoptRulesVersion;
  turn_day?: TurnDay;
  step_job?: StepJob;
  turn_back_day?: TurnBackDay;
  add_branch?: AddBranch;
  change_branch?: ChangeBranch;
  add_staff?: AddStaff;
  change_staff?: ChangeStaff;
  set_secret?: SetSecret;
  add_terminal?: AddTerminal;
  change_terminal?: ChangeTerminal;
  set_enrolment_code?: SetEnrolmentCode;
  enrol_terminal?: EnrolTerminal;
  renew_terminal?: RenewTerminal;
  sign_out?: SignOut;
  open_customer?: OpenCustomer;
  change_customer?: ChangeCustomer;
  lock_customer?: LockCustomer;
  unlock_customer?: UnlockCustomer;
  add_group?: AddGroup;
  change_group?: ChangeGroup;
  join_group?: JoinGroup;
  leave_group?: LeaveGroup;
  authorise_buyer?: AuthoriseBuyer;
  revoke_buyer?: RevokeBuyer;
  add_product?: AddProduct;
  change_product?: ChangeProduct;
  add_till?: AddTill;
  add_bank_account?: AddBankAccount;
  add_pos_device?: AddPosDevice;
  retire_money_account?: RetireMoneyAccount;
  set_credit_limit?: SetCreditLimit;
  set_credit_policy?: SetCreditPolicy;
  ask_approval?: AskApproval;
  decide_approval?: DecideApproval;
  issue_invoice?: IssueInvoice;
  issue_credit_note?: IssueCreditNote;
  match_items?: MatchItems;
  undo_match?: UndoMatch;
  take_payment?: TakePayment;
  confirm_payment?: ConfirmPayment;
  reverse_document?: ReverseDocument;
  correct_invoice?: CorrectInvoice;
  correct_payment?: CorrectPayment;
  begin_recovery?: BeginRecovery;
  stage_offer?: StageOffer;
  report_offers?: ReportOffers;
  recall_next?: RecallNext;
  apply_offers?: ApplyOffers;
  decline_offer?: DeclineOffer;
  close_recovery?: CloseRecovery;
  alarm_terminal?: AlarmTerminal;
  set_thresholds?: SetThresholds;
  set_payer?: SetPayer;
  sell_paid?: SellPaid;
  set_cash_policy?: SetCashPolicy;
  refund_money?: RefundMoney;
  move_money?: MoveMoney;
  confirm_move?: ConfirmMove;
  put_cash?: PutCash;
  open_till?: OpenTill;
  count_till?: CountTill;
  close_till?: CloseTill;
  add_price_list?: AddPriceList;
  change_price_list?: ChangePriceList;
  set_prices?: SetPrices;
  set_buyer_pin?: SetBuyerPin;
  save_report?: SaveReport;
  remove_report?: RemoveReport;
  erase_customer?: EraseCustomer;
  add_note?: AddNote;
  change_note?: ChangeNote;
  merge_customers?: MergeCustomers;
  undo_merge?: UndoMerge;
}
export interface CreateCompany {
  name: string;
  currency: string;
  admin_login: string;
  admin_name?: Text;
  head_office?: string;
  rules_version: number;
  date: number;
  country?: string;
  practice?: boolean;
  tax_bp?: number;
  paper_language?: string;
  head_office_name?: string;
}
export interface AdoptRulesVersion {
  rules_version: number;
}
export interface TurnDay {
  branch: number;
  date: number;
}
export interface TurnBackDay {
  branch: number;
  date: number;
  leave_papers?: boolean;
}
export interface StepJob {
  job: bigint;
}
export interface AddBranch {
  code: string;
  name: string;
  utc_offset_minutes?: number;
  phone?: string;
  address?: string;
}
export interface ChangeBranch {
  branch: number;
  name?: string;
  blocked?: boolean;
  utc_offset_minutes?: number;
  phone?: string;
  address?: string;
}
export interface AddStaff {
  login: string;
  name?: Text;
  role: Role;
  branch?: number;
}
export interface ChangeStaff {
  staff: number;
  name?: Text;
  role?: Role;
  branch?: number;
  blocked?: boolean;
}
export interface RoleThreshold {
  threshold: Threshold;
  role: Role;
  most?: bigint;
  usual?: boolean;
}
export interface SetThresholds {
  thresholds: RoleThreshold[];
}
export interface SetSecret {
  staff: number;
  password_hash?: Uint8Array;
  pin_hash?: Uint8Array;
  by?: number;
}
export interface SignOut {
  staff: number;
}
export interface AddTerminal {
  branch: number;
  name: string;
  printer?: boolean;
}
export interface ChangeTerminal {
  terminal: number;
  name?: string;
  branch?: number;
  blocked?: boolean;
  printer?: boolean;
}
export interface SetEnrolmentCode {
  terminal: number;
  code_digest: Uint8Array;
  expires_ms: bigint;
  by?: number;
}
export interface EnrolTerminal {
  terminal: number;
  code_digest: Uint8Array;
  serial: bigint;
  fingerprint: Uint8Array;
  not_after_ms: bigint;
  key?: Uint8Array;
}
export interface RenewTerminal {
  terminal: number;
  serial: bigint;
  fingerprint: Uint8Array;
  not_after_ms: bigint;
  shown?: Uint8Array;
}
export interface AlarmTerminal {
  terminal: number;
  what: TerminalAlarm;
  incarnation?: number;
}
export interface OpenCustomer {
  code?: string;
  name: Text;
  phone?: Text;
  area?: string;
  nickname?: Text;
  tax_code?: Text;
  address?: Text;
  groups: number[];
  term_days?: number;
  language?: string;
  source?: string;
  note?: Text;
  payer?: number;
  payer_code?: string;
  no_debt_on_slips?: boolean;
  buyers_only?: boolean;
}
export interface ChangeCustomer {
  customer: number;
  name?: Text;
  phone?: Text;
  area?: string;
  nickname?: Text;
  tax_code?: Text;
  address?: Text;
  term_days?: number;
  language?: string;
  note?: Text;
  clear: TermField[];
  no_debt_on_slips?: boolean;
  buyers_only?: boolean;
}
export interface LockCustomer {
  customer: number;
  reason?: Text;
  until?: number;
}
export interface UnlockCustomer {
  customer: number;
  reason?: Text;
}
export interface AddNote {
  customer: number;
  text: Text;
  kind?: NoteKind;
  again?: number;
  owner?: number;
  result?: CallResult;
  help?: NoteHelp;
  closes?: boolean;
}
export interface ChangeNote {
  customer: number;
  note: bigint;
  again?: number;
  owner?: number;
  done?: boolean;
}
export interface MergeCustomers {
  customer?: number;
  customer_code?: string;
  into?: number;
  into_code?: string;
  reason?: Text;
}
export interface UndoMerge {
  customer?: number;
  customer_code?: string;
  reason?: Text;
}
export interface AddGroup {
  dimension: string;
  name: string;
  term_days?: number;
  limit?: LimitTerms;
}
export interface ChangeGroup {
  group: number;
  name?: string;
  term_days?: number;
  limit?: LimitTerms;
  clear: TermField[];
}
export interface JoinGroup {
  customer: number;
  group: number;
}
export interface LeaveGroup {
  customer: number;
  group: number;
}
export interface AuthoriseBuyer {
  customer: number;
  name: Text;
  phone?: Text;
  identity?: Text;
  cap_sale_minor?: bigint;
  cap_day_minor?: bigint;
  valid_until?: number;
}
export interface RevokeBuyer {
  customer: number;
  buyer: number;
}
export interface SetBuyerPin {
  customer: number;
  buyer: number;
  pin_hash?: Uint8Array;
}
export interface AddProduct {
  code: string;
  name: string;
  unit?: string;
  price?: bigint;
  tax_bp?: number;
  brand?: string;
  colour?: string;
  model?: string;
  barcodes: string[];
  serials?: boolean;
  floor?: bigint;
  cost?: bigint;
  units: ProductUnit[];
}
export interface ChangeProduct {
  product: number;
  name?: string;
  unit?: string;
  price?: bigint;
  tax_bp?: number;
  brand?: string;
  colour?: string;
  model?: string;
  barcodes: string[];
  retired?: boolean;
  floor?: bigint;
  no_floor?: boolean;
  cost?: bigint;
  no_cost?: boolean;
  units: ProductUnit[];
}
export interface AddPriceList {
  code: string;
  name: string;
  groups: number[];
  branches: number[];
}
export interface ChangePriceList {
  list: string;
  name?: string;
  groups: number[];
  all_customers?: boolean;
  branches: number[];
  all_branches?: boolean;
  retired?: boolean;
}
export interface PriceEntry {
  product?: number;
  product_code?: string;
  unit?: string;
  from_quantity?: bigint;
  valid_from?: number;
  price?: bigint;
}
export interface SetPrices {
  list: string;
  prices: PriceEntry[];
}
export interface AddTill {
  branch: number;
  name: string;
}
export interface AddBankAccount {
  name: string;
  number: string;
  bank?: string;
}
export interface AddPosDevice {
  branch: number;
  name: string;
  bank_account: number;
}
export interface RetireMoneyAccount {
  money_account: number;
  retired: boolean;
}
export interface LimitTerms {
  unlimited?: boolean;
  limit_minor?: bigint;
  policy?: ExcessPolicy;
  valid_from?: number;
  valid_until?: number;
  overdue_days?: number;
  overdue_minor?: bigint;
  document_max_minor?: bigint;
  currency?: string;
  unpaid_max?: number;
  slip_weight?: number;
}
export interface SetCreditLimit {
  customer: number;
  terms?: LimitTerms;
  reason?: Text;
  clear: TermField[];
  ended?: bigint;
}
export interface SetPayer {
  customer: number;
  payer?: number;
  reason?: Text;
  payer_code?: string;
}
export interface SetCreditPolicy {
  terms: LimitTerms;
  term_days?: number;
  title?: string;
  credit_note_approve_minor?: bigint;
  own_reversal_minor?: bigint;
  clear: TermField[];
  own_approval?: OwnApproval;
}
export interface AskApproval {
  customer: number;
  amount_minor: bigint;
  minutes?: number;
  note?: Text;
  draft?: IssueInvoice;
}
export interface DecideApproval {
  approval: bigint;
  approved: boolean;
  amount_minor?: bigint;
  reason?: Text;
}
export interface InvoiceLine {
  product?: number;
  product_code?: string;
  text?: string;
  quantity: bigint;
  price?: bigint;
  discount_bp?: number;
  discount_minor?: bigint;
  tax_bp?: number;
  serials: string[];
  unit?: string;
  unit_factor?: bigint;
  base_price?: bigint;
  line?: number;
}
export interface Charge {
  title: string;
  amount_minor: bigint;
  tax_bp?: number;
}
export interface IssueInvoice {
  customer?: number;
  customer_code?: string;
  number?: string;
  source?: string;
  date?: number;
  due?: number;
  lines: InvoiceLine[];
  charges: Charge[];
  note?: Text;
  salesperson?: string;
  approval?: bigint;
  buyer?: number;
  backfill?: boolean;
  total_minor?: bigint;
  currency?: string;
  reference?: string;
  opening?: boolean;
}
export interface CreditNoteLine {
  line: number;
  quantity: bigint;
}
export interface IssueCreditNote {
  customer?: number;
  customer_code?: string;
  invoice?: bigint;
  invoice_number?: string;
  credit: CreditNoteLine[];
  lines: InvoiceLine[];
  charges: Charge[];
  number?: string;
  source?: string;
  date?: number;
  reason?: Text;
  backfill?: boolean;
  currency?: string;
  opening?: boolean;
}
export interface MatchPart {
  debit: bigint;
  credit: bigint;
  amount_minor?: bigint;
}
export interface MatchItems {
  customer: number;
  order?: MatchOrder;
  parts: MatchPart[];
  credits: bigint[];
  date?: number;
}
export interface UndoMatch {
  customer: number;
  match: bigint;
  reason?: Text;
}
export interface TakePayment {
  customer?: number;
  customer_code?: string;
  kind: PaymentKind;
  amount_minor: bigint;
  money_account?: number;
  date?: number;
  number?: string;
  source?: string;
  reference?: string;
  payer?: Text;
  note?: Text;
  match?: MatchOrder;
  bills: BillAmount[];
  backfill?: boolean;
  currency?: string;
  round_off?: boolean;
}
export interface BillAmount {
  bill?: bigint;
  bill_number?: string;
  amount_minor?: bigint;
}
export interface ConfirmPayment {
  payment: bigint;
  confirmed: boolean;
  date?: number;
  reason?: Text;
}
export interface SellPaid {
  invoice: IssueInvoice;
  payments: PaidPart[];
}
export interface PaidPart {
  kind: PaymentKind;
  amount_minor?: bigint;
  money_account?: number;
  reference?: string;
  payer?: Text;
}
export interface SetCashPolicy {
  unit_minor?: bigint;
  round_off_minor?: bigint;
  round_off_day_minor?: bigint;
  refund_alone_minor?: bigint;
  refund_any?: boolean;
  own_confirm_minor?: bigint;
  own_confirm_any?: boolean;
}
export interface RefundMoney {
  customer?: number;
  customer_code?: string;
  kind: PaymentKind;
  amount_minor?: bigint;
  money_account: number;
  credits: bigint[];
  reason: Text;
  payee?: Text;
  reference?: string;
  date?: number;
}
export interface MoveMoney {
  from: number;
  to: number;
  amount_minor: bigint;
  fee_minor?: bigint;
  date?: number;
  reference?: string;
  note?: Text;
  arrived?: boolean;
}
export interface ConfirmMove {
  move?: bigint;
  number?: string;
}
export interface PutCash {
  money_account: number;
  amount_minor: bigint;
  out?: boolean;
  reason: Text;
}
export interface OpenTill {
  money_account: number;
  float_minor: bigint;
  reason?: Text;
}
export interface CountTill {
  money_account: number;
  counted_minor: bigint;
  counts?: number;
}
export interface CloseTill {
  money_account: number;
  reason?: Text;
  to_bank_minor?: bigint;
  bank_account?: number;
}
export interface ReverseDocument {
  document?: bigint;
  number?: string;
  reason?: Text;
  undo_import?: boolean;
}
export interface CorrectInvoice {
  document: bigint;
  reason?: Text;
  invoice: IssueInvoice;
  clear: PaperField[];
}
export interface CorrectPayment {
  document: bigint;
  reason?: Text;
  payment: TakePayment;
  clear: PaperField[];
}
export interface BeginRecovery {
  incarnation: number;
  incarnation_nonce: Uint8Array;
  last_seq: bigint;
  begins?: number;
}
export interface StageOffer {
  id: Uint8Array;
  command: Uint8Array;
  incarnation: number;
  incarnation_nonce: Uint8Array;
  receipt: Uint8Array;
}
export interface ReportOffers {
  terminal: number;
}
export interface RecallNext {
  offer?: bigint;
  set_aside?: boolean;
}
export interface ApplyOffers {
}
export interface DeclineOffer {
  seq: bigint;
  reason: Text;
}
export interface CloseRecovery {
  unfinished?: boolean;
}
export interface SaveReport {
  report?: bigint;
  name: string;
  what: ReportDefinition;
  shared?: boolean;
}
export interface RemoveReport {
  report: bigint;
}
export interface EraseCustomer {
  customer?: number;
  code?: string;
}
export interface Warning {
  kind: WarningKind;
  amount_minor?: bigint;
  about?: bigint;
}
export interface Done {
  id?: bigint;
  number?: string;
  total_minor?: bigint;
  decision?: Decision;
  warnings: Warning[];
  account?: AccountRow;
  match?: bigint;
  matched_minor?: bigint;
  reversal?: bigint;
  reversal_number?: string;
  due?: number;
  job?: bigint;
  freed: FreedMatch[];
  freed_minor?: bigint;
  freed_count?: number;
  paid_minor?: bigint;
  change_minor?: bigint;
  rounding_minor?: bigint;
  discount_minor?: bigint;
  payments: PaidDone[];
  expected_minor?: bigint;
  difference_minor?: bigint;
  on_its_way?: boolean;
  with_pin?: boolean;
  banked_number?: string;
}
export interface FreedMatch {
  document: bigint;
  number?: string;
  kind: DocumentKind;
  amount_minor: bigint;
  open_minor: bigint;
}
export interface PaidDone {
  kind: PaymentKind;
  payment: bigint;
  number: string;
  amount_minor: bigint;
  on_its_way?: boolean;
}
export interface Reply {
  seq: bigint;
  done?: Done;
  refused?: Refusal;
  receipt?: SealedReceipt;
}
export interface SealedReceipt {
  incarnation: number;
  incarnation_nonce: Uint8Array;
  receipt: Uint8Array;
  mac: Uint8Array;
}
export interface Receipt {
  seq: bigint;
  after?: bigint;
  at_ms: bigint;
  actor: Actor;
  id?: bigint;
  number?: string;
  total_minor?: bigint;
  matched_minor?: bigint;
  settled: Settled[];
}
export interface Settled {
  what: number;
  about?: number;
  number?: bigint;
  text?: string;
}
export interface Actor {
  staff?: number;
  terminal?: number;
  branch?: number;
}
export interface LastChange {
  seq: bigint;
  kind: EventKind;
  number?: string;
  amount_minor?: bigint;
  actor?: Actor;
  at_ms?: bigint;
}
export interface FamilyFigures {
  balance_minor: bigint;
  bills_minor: bigint;
  uncleared_minor: bigint;
  unmatched_minor: bigint;
  open_bills: number;
  sites: number;
}
export interface AccountRow {
  customer: number;
  balance_minor: bigint;
  used_minor: bigint;
  unlimited: boolean;
  limit_minor: bigint;
  available_minor: bigint;
  locked: boolean;
  bills_minor: bigint;
  uncleared_minor: bigint;
  unmatched_minor: bigint;
  open_bills: number;
  oldest_due?: number;
  buyers: number;
  last?: LastChange;
  seq?: bigint;
  overdue_minor?: bigint;
  payer?: number;
  payer_locked?: boolean;
  family?: FamilyFigures;
  site_limit_minor?: bigint;
  site_binds?: boolean;
  freed_minor?: bigint;
}
export interface CustomerRow {
  customer: number;
  code: string;
  name: Text;
  phone?: Text;
  area?: string;
  groups: number[];
  branch?: number;
  locked?: boolean;
  lock_reason?: Text;
  locked_until?: number;
  seq?: bigint;
  buyers: BuyerRow[];
  term_days?: number;
  payer?: number;
  payer_code?: string;
  sites?: number;
  no_debt_on_slips?: boolean;
  buyers_only?: boolean;
  erased?: boolean;
  again?: number;
  again_owner?: number;
  contact_ms?: bigint;
  contact_by?: number;
  contact_result?: CallResult;
  noted_seq?: bigint;
  merged_into?: number;
  merged_code?: string;
}
export interface BuyerRow {
  buyer: number;
  name: Text;
  phone?: Text;
  cap_sale_minor?: bigint;
  cap_day_minor?: bigint;
  valid_until?: number;
  with_pin?: boolean;
}
export interface ApprovalRow {
  approval: bigint;
  customer: number;
  amount_minor: bigint;
  state: ApprovalState;
  asked_ms: bigint;
  expires_ms: bigint;
  asked_by?: Actor;
  decided_by?: Actor;
  decision?: Decision;
  note?: Text;
  reason?: Text;
  seq?: bigint;
  approved_minor?: bigint;
  balance_minor?: bigint;
  lines?: number;
  goods?: string;
  over_minor?: bigint;
  document?: bigint;
  number?: string;
  used_by?: string;
  available_minor?: bigint;
  customer_code?: string;
  customer_name?: Text;
  asked_login?: string;
  branch_code?: string;
  decided_login?: string;
  decided_ms?: bigint;
  over_by_minor?: bigint;
  used_over_minor?: bigint;
}
export interface AlarmRow {
  alarm: bigint;
  customer?: number;
  document?: bigint;
  number?: string;
  kind?: DocumentKind;
  over_by_minor?: bigint;
  at_ms: bigint;
  actor?: Actor;
  customer_code?: string;
  customer_name?: Text;
  login?: string;
  terminal?: number;
  what?: TerminalAlarm;
  incarnation?: number;
  terminal_name?: string;
  cash_minor?: bigint;
  difference_minor?: bigint;
  source?: string;
  documents?: bigint;
  site?: number;
  site_code?: string;
  staff?: number;
  staff_login?: string;
  undone?: bigint;
  short_minor?: bigint;
  undone_minor?: bigint;
  own_back_minor?: bigint;
  maker?: number;
  maker_login?: string;
  approval?: bigint;
}
export interface MoneyOfKind {
  kind: PaymentKind;
  amount_minor?: bigint;
  count: number;
}
export interface TotalsChange {
  seq: bigint;
  at_ms: bigint;
  amount_minor: bigint;
  kind?: EventKind;
  customer?: number;
  document?: bigint;
  number?: string;
  actor?: Actor;
  login?: string;
}
export interface TotalsRow {
  branch: number;
  date: number;
  owed_minor: bigint;
  in_credit_minor: bigint;
  owing: number;
  bills_minor: bigint;
  bills: number;
  overdue_minor: bigint;
  overdue_bills: number;
  unmatched_minor: bigint;
  unmatched: number;
  unmatched_since_ms?: bigint;
  over_limit: number;
  over_limit_minor: bigint;
  sold_minor: bigint;
  sold: number;
  on_credit_minor: bigint;
  collected_minor: bigint;
  collected: number;
  collected_by_kind: MoneyOfKind[];
  credited_minor: bigint;
  credited: number;
  refunded_minor: bigint;
  refunded: number;
  reversed_minor: bigint;
  reversed: number;
  last_owed?: TotalsChange;
  last_overdue?: TotalsChange;
  last_unmatched?: TotalsChange;
  last_sold?: TotalsChange;
  last_collected?: TotalsChange;
  seq?: bigint;
  group?: number;
  sold_hidden?: boolean;
}
export interface DecisionRow {
  decision: bigint;
  seq: bigint;
  kind: DecisionKind;
  at_ms: bigint;
  actor?: Actor;
  login?: string;
  branch?: number;
  branch_code?: string;
  customer?: number;
  customer_code?: string;
  customer_name?: Text;
  amount_minor?: bigint;
  over_by_minor?: bigint;
  refusal?: RefusalCode;
  walls: RefusalCode[];
  approval?: bigint;
  document?: bigint;
  number?: string;
  date?: number;
  discount_bp?: number;
  asked_login?: string;
  goods?: string;
  papers?: bigint;
  times?: number;
}
export interface Row {
  account?: AccountRow;
  customer?: CustomerRow;
  approval?: ApprovalRow;
  alarm?: AlarmRow;
  totals?: TotalsRow;
  decision?: DecisionRow;
}
export interface BranchRecord {
  branch: number;
  code: string;
  name: string;
  date: number;
  blocked: boolean;
  utc_offset_minutes: number;
  next_invoice: number;
  next_credit_note: number;
  next_payment: number;
  next_reversal: number;
  phone?: string;
  address?: string;
  marked?: MarkedSeries;
  series_gaps?: number;
  matched_date?: number;
  matched?: bigint;
  next_refund?: number;
  next_money_move?: number;
}
export interface MarkedSeries {
  recovery: number;
  next_invoice: number;
  next_credit_note: number;
  next_payment: number;
  next_reversal: number;
  next_refund?: number;
  next_money_move?: number;
}
export interface CustomerRecord {
  customer: number;
  code: string;
  name: Text;
  phone?: Text;
  area?: string;
  nickname?: Text;
  tax_code?: Text;
  address?: Text;
  groups: number[];
  term_days?: number;
  language?: string;
  source?: string;
  branch?: number;
  note?: Text;
  locked: boolean;
  lock_reason?: Text;
  locked_until?: number;
  locked_by?: Actor;
  locked_ms?: bigint;
  buyers: BuyerRecord[];
  next_buyer: number;
  changed_seq: bigint;
  changes: number;
  opening_limit_minor?: bigint;
  payer?: number;
  sites: number[];
  no_debt_on_slips?: boolean;
  buyers_only?: boolean;
  erased?: boolean;
  again: AgainRecord[];
  contact_ms?: bigint;
  contact_by?: number;
  contact_result?: CallResult;
  noted_seq?: bigint;
  merge?: MergeRecord;
}
export interface AgainRecord {
  note: bigint;
  day: number;
  owner: number;
}
export interface MergeRecord {
  into: number;
  at_ms: bigint;
  actor: Actor;
  was_site?: boolean;
  moved_minor: bigint;
  buyers: number[];
  opening_limit_minor?: bigint;
}
export interface NoteRecord {
  note: bigint;
  text: Text;
  kind: NoteKind;
  actor: Actor;
  at_ms: bigint;
  date: number;
  again?: number;
  owner?: number;
  result?: CallResult;
  help?: NoteHelp;
  done_by?: Actor;
  done_ms?: bigint;
}
export interface BuyerRecord {
  buyer: number;
  name: Text;
  phone?: Text;
  identity?: Text;
  cap_sale_minor?: bigint;
  cap_day_minor?: bigint;
  valid_until?: number;
  revoked: boolean;
  spent_date?: number;
  spent_minor?: bigint;
  pin?: bigint;
}
export interface FieldChange {
  field: string;
  old_value?: string;
  new_value?: string;
  old_text?: Text;
  new_text?: Text;
}
export interface ChangeRecord {
  seq: bigint;
  at_ms: bigint;
  actor: Actor;
  fields: FieldChange[];
}
export interface GroupRecord {
  group: number;
  dimension: string;
  name: string;
  term_days?: number;
  limit?: LimitTerms;
  members: number;
}
export interface ProductRecord {
  product: number;
  code: string;
  name: string;
  unit?: string;
  price?: bigint;
  tax_bp?: number;
  brand?: string;
  colour?: string;
  model?: string;
  barcodes: string[];
  serials?: boolean;
  retired: boolean;
  floor?: bigint;
  cost?: bigint;
  units: ProductUnit[];
}
export interface PriceListRecord {
  list: number;
  code: string;
  name: string;
  groups: number[];
  branches: number[];
  retired: boolean;
  prices: number;
}
export interface MoneyAccountRecord {
  money_account: number;
  kind: MoneyAccountKind;
  name: string;
  branch?: number;
  number?: string;
  bank?: string;
  bank_account?: number;
  retired: boolean;
  till_days?: number;
  open_since?: number;
  holds_minor?: bigint;
  coming_minor?: bigint;
}
export interface MoneyDayRecord {
  money_account: number;
  date: number;
  taken_minor?: bigint;
  taken?: number;
  refunded_minor?: bigint;
  in_minor?: bigint;
  out_minor?: bigint;
  received_minor?: bigint;
  sent_minor?: bigint;
  reversed_minor?: bigint;
  difference_minor?: bigint;
  name?: string;
}
export interface TillCount {
  counted_minor: bigint;
  expected_minor: bigint;
  actor: Actor;
  at_ms: bigint;
}
export interface TillDayRecord {
  money_account: number;
  day: number;
  opened_date: number;
  opened_by: Actor;
  opened_ms: bigint;
  float_minor: bigint;
  counts: TillCount[];
  closed_date?: number;
  closed_by?: Actor;
  closed_ms?: bigint;
  difference_minor?: bigint;
  reason?: Text;
  before?: MoneyDayRecord;
  moved?: MoneyDayRecord;
  opening_difference_minor?: bigint;
  opening_reason?: Text;
  banked_minor?: bigint;
}
export interface LimitEntry {
  terms: LimitTerms;
  began: number;
  seq: bigint;
}
export interface LimitRecord {
  terms: LimitTerms;
  seq: bigint;
  set_ms: bigint;
  set_by: Actor;
  reason?: Text;
  withdrawn?: boolean;
  schedule: LimitEntry[];
  clear: TermField[];
  ended?: bigint;
}
export interface Posting {
  account: PostingAccount;
  sub?: number;
  amount_minor: bigint;
  branch: number;
}
export interface DocumentLine {
  product?: number;
  code?: string;
  text?: string;
  quantity: bigint;
  price: bigint;
  discount_bp?: number;
  discount_minor?: bigint;
  net_minor: bigint;
  tax_bp?: number;
  tax_minor?: bigint;
  unit?: string;
  serials: string[];
  credited_quantity?: bigint;
  unit_factor?: bigint;
  base_quantity?: bigint;
  price_list?: string;
  base_price?: bigint;
}
export interface DocumentCharge {
  title: string;
  amount_minor: bigint;
  tax_bp?: number;
  tax_minor?: bigint;
}
export interface DocumentRecord {
  document: bigint;
  kind: DocumentKind;
  number: string;
  customer: number;
  branch: number;
  date: number;
  due?: number;
  seq: bigint;
  recorded_ms: bigint;
  actor: Actor;
  currency: string;
  total_minor: bigint;
  balance_minor: bigint;
  net_minor?: bigint;
  tax_minor?: bigint;
  lines: DocumentLine[];
  charges: DocumentCharge[];
  postings: Posting[];
  decision?: Decision;
  note?: Text;
  salesperson?: string;
  buyer?: number;
  source?: string;
  reference?: string;
  about?: bigint;
  backfill?: boolean;
  payment_kind?: PaymentKind;
  money_account?: number;
  payer?: Text;
  credited: CreditNoteLine[];
  corrects?: bigint;
  counted_day?: number;
  rounding_minor?: bigint;
  discount_minor?: bigint;
  change_minor?: bigint;
  move?: MoneyMoveKind;
  to_account?: number;
  fee_minor?: bigint;
  arrives?: PostingAccount;
  approved?: boolean;
  with_pin?: boolean;
  opening?: boolean;
  waits?: boolean;
}
export interface DocumentTailRecord {
  reversed_by?: bigint;
  corrected_by?: bigint;
  confirmed?: boolean;
  confirmed_date?: number;
  credited: CreditNoteLine[];
  credited_minor?: bigint;
  credit_notes: bigint[];
  unapproved_minor?: bigint;
  undone?: boolean;
}
export interface SavedReportRecord {
  report: bigint;
  name: string;
  what: ReportDefinition;
  shared: boolean;
  staff: number;
  saved_ms: bigint;
}
export interface Query {
  company?: CompanyView;
  branches?: BranchList;
  staff?: StaffList;
  terminals?: TerminalList;
  groups?: GroupList;
  money_accounts?: MoneyAccountList;
  approvals?: ApprovalList;
  customer_card?: CustomerCard;
  customers?: CustomerList;
  history?: CustomerHistory;
  customer_changes?: CustomerChanges;
  unpaid_bills?: UnpaidBills;
  limits?: LimitHistory;
  unmatched_money?: UnmatchedMoney;
  likely_doubles?: LikelyDoubles;
  products?: ProductList;
  product_card?: ProductCard;
  document?: DocumentView;
  documents?: DocumentList;
  what_if?: WhatIf;
  preview_match?: PreviewMatch;
  aging?: Aging;
  trial_balance?: TrialBalance;
  search?: Search;
  command?: CommandLookup;
  alarms?: AlarmList;
  recovery?: RecoveryView;
  rights?: RightsView;
  try_command?: TryCommand;
  approval?: ApprovalView;
  till_day?: TillDay;
  till_days?: TillDays;
  money_days?: MoneyDays;
  price_lists?: PriceListList;
  prices?: PriceListView;
  product_sales?: ProductSales;
  money_in_by_day?: MoneyInByDay;
  due_by_week?: DueByWeek;
  top_exposures?: TopExposures;
  branches_now?: BranchesNow;
  staff_day?: StaffDay;
  totals?: TotalsView;
  match_suggestions?: MatchSuggestions;
  books_on?: BooksOn;
  report?: Report;
  saved_reports?: SavedReports;
  notes?: NoteList;
  merge_preview?: MergePreview;
  master_changes?: MasterChanges;
  rehearse?: Rehearse;
}
export interface Answer {
  seq: bigint;
  company?: CompanyAnswer;
  branches?: BranchesAnswer;
  staff?: StaffAnswer;
  terminals?: TerminalsAnswer;
  groups?: GroupsAnswer;
  money_accounts?: MoneyAccountsAnswer;
  approvals?: ApprovalsAnswer;
  customer_card?: CustomerCardAnswer;
  customers?: CustomersAnswer;
  history?: HistoryAnswer;
  customer_changes?: CustomerChangesAnswer;
  unpaid_bills?: BillsAnswer;
  limits?: LimitsAnswer;
  unmatched_money?: UnmatchedMoneyAnswer;
  likely_doubles?: LikelyDoublesAnswer;
  products?: ProductsAnswer;
  product_card?: ProductCardAnswer;
  document?: DocumentAnswer;
  documents?: DocumentsAnswer;
  what_if?: WhatIfAnswer;
  preview_match?: PreviewMatchAnswer;
  aging?: AgingAnswer;
  trial_balance?: TrialBalanceAnswer;
  search?: SearchAnswer;
  command?: CommandAnswer;
  alarms?: AlarmsAnswer;
  recovery?: RecoveryAnswer;
  till_day?: TillDayAnswer;
  till_days?: TillDaysAnswer;
  money_days?: MoneyDaysAnswer;
  price_lists?: PriceListsAnswer;
  prices?: PricesAnswer;
  product_sales?: ProductSalesAnswer;
  refused?: Refusal;
  rights?: RightsAnswer;
  try_command?: TryAnswer;
  approval?: ApprovalAnswer;
  money_in_by_day?: MoneyInByDayAnswer;
  due_by_week?: DueByWeekAnswer;
  top_exposures?: TopExposuresAnswer;
  branches_now?: BranchesNowAnswer;
  staff_day?: StaffDayAnswer;
  totals?: TotalsAnswer;
  match_suggestions?: MatchSuggestionsAnswer;
  books_on?: BooksOnAnswer;
  report?: ReportAnswer;
  saved_reports?: SavedReportsAnswer;
  notes?: NotesAnswer;
  merge_preview?: MergeAnswer;
  master_changes?: MasterChangesAnswer;
  rehearse?: RehearseAnswer;
}
export interface CompanyView {
}
export interface CompanyAnswer {
  name: string;
  currency: string;
  exponent: number;
  rules_version: number;
  cash_customer: number;
  policy_version: number;
  policy: LimitTerms;
  term_days?: number;
  customers: number;
  owed_minor: bigint;
  credit_note_approve_minor?: bigint;
  own_reversal_minor?: bigint;
  own_approval?: OwnApproval;
  cash_unit_minor?: bigint;
  round_off_minor?: bigint;
  round_off_day_minor?: bigint;
  refund_alone_minor?: bigint;
  own_confirm_minor?: bigint;
  own_confirm_any?: boolean;
  country?: string;
  practice?: boolean;
  tax_bp?: number;
  paper_language?: string;
  policy_title?: string;
}
export interface TillDay {
  money_account: number;
  day?: number;
}
export interface TillDayAnswer {
  day: TillDayRecord;
  expected_minor?: bigint;
  devices: MoneyDayRecord[];
}
export interface TillDays {
  money_account: number;
  page?: Uint8Array;
  rows?: number;
}
export interface TillDaysAnswer {
  days: TillDayRecord[];
  next?: Uint8Array;
}
export interface MoneyDays {
  date?: number;
  branch?: number;
  page?: Uint8Array;
  rows?: number;
}
export interface MoneyDaysAnswer {
  days: MoneyDayRecord[];
  next?: Uint8Array;
}
export interface BranchList {
  page?: Uint8Array;
}
export interface BranchesAnswer {
  branches: BranchRecord[];
  next?: Uint8Array;
}
export interface StaffList {
  page?: Uint8Array;
}
export interface StaffMember {
  staff: number;
  login: string;
  name?: Text;
  role: Role;
  branch?: number;
  blocked: boolean;
  has_password: boolean;
  has_pin: boolean;
}
export interface StaffAnswer {
  staff: StaffMember[];
  next?: Uint8Array;
}
export interface TerminalList {
  branch?: number;
  page?: Uint8Array;
}
export interface TerminalMember {
  terminal: number;
  branch: number;
  name: string;
  blocked: boolean;
  enrolled: boolean;
  not_after_ms?: bigint;
  connected?: boolean;
  staff?: number;
  browser?: boolean;
  seen_ms?: bigint;
  printer?: boolean;
  printer_state?: PrinterState;
}
export interface TerminalsAnswer {
  terminals: TerminalMember[];
  next?: Uint8Array;
}
export interface GroupList {
  dimension?: string;
  page?: Uint8Array;
}
export interface GroupsAnswer {
  groups: GroupRecord[];
  next?: Uint8Array;
}
export interface MoneyAccountList {
  page?: Uint8Array;
}
export interface MoneyAccountsAnswer {
  money_accounts: MoneyAccountRecord[];
  next?: Uint8Array;
}
export interface ApprovalList {
  waiting_only?: boolean;
  page?: Uint8Array;
  groups: number[];
}
export interface ApprovalsAnswer {
  approvals: ApprovalRow[];
  next?: Uint8Array;
}
export interface ApprovalView {
  approval: bigint;
}
export interface ApprovalAnswer {
  row: ApprovalRow;
  draft?: IssueInvoice;
  lines: DocumentLine[];
  charges: DocumentCharge[];
  account?: AccountRow;
  refusal?: Refusal;
}
export interface CustomerCard {
  customer?: number;
  code?: string;
}
export interface CustomerCardAnswer {
  row: CustomerRow;
  account: AccountRow;
  record: CustomerRecord;
  terms?: LimitTerms;
  terms_of?: LimitSource;
  overdue_minor?: bigint;
  groups: GroupRecord[];
  today?: number;
}
export interface CustomerList {
  group?: number;
  branch?: number;
  locked?: boolean;
  over_limit?: boolean;
  owing?: boolean;
  overdue?: boolean;
  text?: string;
  sort?: CustomerSort;
  rows?: number;
  page?: Uint8Array;
  payer?: number;
  groups: number[];
  in_credit?: boolean;
  unmatched?: boolean;
  calls?: ListCalls;
  owner?: number;
  reverse?: boolean;
  skip?: number;
  count?: boolean;
}
export interface CustomerEntry {
  who: CustomerRow;
  account: AccountRow;
}
export interface CustomersAnswer {
  rows: CustomerEntry[];
  next?: Uint8Array;
  counts?: ListCounts;
}
export interface ListCounts {
  all: number;
  over_limit: number;
  overdue: number;
  locked: number;
  in_credit: number;
  unmatched: number;
  calls_now: number;
  calls_all: number;
  listed: number;
  balance_minor: bigint;
  overdue_minor: bigint;
}
export interface NoteList {
  customer?: number;
  code?: string;
  page?: Uint8Array;
  rows?: number;
}
export interface NotesAnswer {
  customer: number;
  notes: NoteRecord[];
  next?: Uint8Array;
}
export interface MergePreview {
  customer?: number;
  customer_code?: string;
  into?: number;
  into_code?: string;
}
export interface MergeAnswer {
  customer: CustomerEntry;
  into: CustomerEntry;
  buyers: number;
  balance_minor: bigint;
  unlimited: boolean;
  limit_minor: bigint;
  available_minor: bigint;
}
export interface CustomerHistory {
  customer?: number;
  code?: string;
  oldest_first?: boolean;
  rows?: number;
  page?: Uint8Array;
  state?: DocumentState;
  kind?: DocumentKind;
}
export interface HistoryRow {
  document: bigint;
  kind: DocumentKind;
  number: string;
  date: number;
  recorded_ms: bigint;
  amount_minor: bigint;
  total_minor: bigint;
  matched_minor?: bigint;
  open_minor?: bigint;
  due?: number;
  state: DocumentState;
  running_minor: bigint;
  actor?: Actor;
  payments?: number;
}
export interface HistoryAnswer {
  customer: number;
  balance_minor: bigint;
  rows: HistoryRow[];
  next?: Uint8Array;
  moved_minor?: bigint;
}
export interface CustomerChanges {
  customer: number;
  page?: Uint8Array;
}
export interface CustomerChangesAnswer {
  changes: ChangeRecord[];
  next?: Uint8Array;
}
export interface UnpaidBills {
  customer?: number;
  code?: string;
  page?: Uint8Array;
}
export interface Bill {
  document: bigint;
  number: string;
  date: number;
  due: number;
  total_minor: bigint;
  open_minor: bigint;
  days_late: number;
  payments: number;
}
export interface BillsAnswer {
  customer: number;
  bills: Bill[];
  credits: Bill[];
  bills_minor: bigint;
  credits_minor: bigint;
  next?: Uint8Array;
}
export interface LimitHistory {
  customer: number;
  page?: Uint8Array;
}
export interface LimitsAnswer {
  limits: LimitRecord[];
  next?: Uint8Array;
  own_terms: LimitEntry[];
}
export interface UnmatchedMoney {
  page?: Uint8Array;
  rows?: number;
  groups: number[];
}
export interface UnmatchedRow {
  customer: number;
  code?: string;
  name?: Text;
  document: bigint;
  number: string;
  open_minor: bigint;
  final: boolean;
  date: number;
  recorded_ms: bigint;
  payment_kind?: PaymentKind;
  payer?: Text;
  money_account?: number;
  reference?: string;
  branch?: number;
}
export interface UnmatchedMoneyAnswer {
  rows: UnmatchedRow[];
  next?: Uint8Array;
}
export interface MatchSuggestions {
  page?: Uint8Array;
  rows?: number;
  customer?: number;
}
export interface SuggestedBill {
  document: bigint;
  number: string;
  due: number;
  open_minor: bigint;
  amount_minor: bigint;
}
export interface SuggestionRow {
  money: UnmatchedRow;
  reason?: MatchReason;
  bills: SuggestedBill[];
  others?: boolean;
}
export interface MatchSuggestionsAnswer {
  rows: SuggestionRow[];
  next?: Uint8Array;
}
export interface LikelyDoubles {
  name?: Text;
  phone?: Text;
  tax_code?: Text;
}
export interface LikelyDoublesAnswer {
  rows: CustomerEntry[];
}
export interface ProductList {
  text?: string;
  retired?: boolean;
  rows?: number;
  page?: Uint8Array;
}
export interface ProductsAnswer {
  products: ProductRecord[];
  next?: Uint8Array;
}
export interface ProductCard {
  product?: number;
  code?: string;
  customer?: number;
  unit?: string;
  quantity?: bigint;
  date?: number;
}
export interface ProductCardAnswer {
  product: ProductRecord;
  prices: PriceRow[];
  applies?: PriceRow;
}
export interface PriceRow {
  list?: string;
  list_name?: string;
  product: number;
  code?: string;
  product_name?: string;
  unit?: string;
  from_quantity?: bigint;
  valid_from?: number;
  price?: bigint;
  in_force?: boolean;
  coming?: boolean;
}
export interface ProductSales {
  from?: number;
  until?: number;
  branch?: number;
}
export interface ProductSalesRow {
  product: number;
  code?: string;
  name?: string;
  unit?: string;
  quantity: bigint;
  net_minor: bigint;
  cost_minor?: bigint;
  margin_minor?: bigint;
}
export interface ProductSalesAnswer {
  rows: ProductSalesRow[];
  custom_minor: bigint;
  without_cash?: boolean;
}
export interface PriceListList {
  retired?: boolean;
}
export interface PriceListsAnswer {
  lists: PriceListRecord[];
}
export interface PriceListView {
  list: string;
  page?: Uint8Array;
  rows?: number;
}
export interface PricesAnswer {
  list: PriceListRecord;
  prices: PriceRow[];
  next?: Uint8Array;
}
export interface DocumentView {
  document?: bigint;
  number?: string;
  kind?: DocumentKind;
  page?: Uint8Array;
}
export interface Touch {
  match: bigint;
  other: bigint;
  other_number?: string;
  other_kind?: DocumentKind;
  amount_minor: bigint;
  date: number;
  undone?: boolean;
  payment_kind?: PaymentKind;
  left_minor: bigint;
}
export interface PaperLink {
  document: bigint;
  number: string;
  date: number;
  by?: string;
  reason?: Text;
}
export interface DocumentAnswer {
  document: DocumentRecord;
  state: DocumentState;
  open_minor: bigint;
  touches: Touch[];
  later?: DocumentTailRecord;
  customer?: CustomerRow;
  days_late?: number;
  next?: Uint8Array;
  about?: PaperLink;
  corrects?: PaperLink;
  reversed_by?: PaperLink;
  corrected_by?: PaperLink;
  credit_notes: PaperLink[];
  buyer_name?: Text;
  approved_by?: string;
  author?: string;
}
export interface DocumentList {
  customer?: number;
  branch?: number;
  kind?: DocumentKind;
  state?: DocumentState;
  from?: number;
  to?: number;
  amount_minor?: bigint;
  source?: string;
  rows?: number;
  page?: Uint8Array;
  oldest_first?: boolean;
  group?: number;
  salesperson?: string;
  staff?: number;
  from_minor?: bigint;
  to_minor?: bigint;
  payment_kind?: PaymentKind;
  groups: number[];
  totals?: boolean;
  overdue?: boolean;
  text?: string;
  kinds: DocumentKind[];
  money_account?: number;
  on_its_way?: boolean;
  by?: DocumentsBy;
}
export interface DocumentTotal {
  kind: DocumentKind;
  count: bigint;
  total_minor?: bigint;
  open_minor?: bigint;
  reversed?: bigint;
  of?: number;
  in_minor?: bigint;
  out_minor?: bigint;
  money_minor?: bigint;
}
export interface DocumentRow {
  document: bigint;
  kind: DocumentKind;
  number: string;
  customer: number;
  date: number;
  due?: number;
  total_minor: bigint;
  open_minor: bigint;
  state: DocumentState;
  branch: number;
  code?: string;
  name?: Text;
  salesperson?: string;
  author?: string;
  payment_kind?: PaymentKind;
  payer?: Text;
  money_account?: number;
  move?: MoneyMoveKind;
  cash_minor?: bigint;
  reference?: string;
  on_its_way?: boolean;
  recorded_ms?: bigint;
  from_account?: number;
  into_account?: number;
  money_minor?: bigint;
}
export interface DocumentsAnswer {
  rows: DocumentRow[];
  next?: Uint8Array;
  totals: DocumentTotal[];
}
export interface WhatIf {
  customer: number;
  amount_minor: bigint;
  draft?: IssueInvoice;
}
export interface WhatIfAnswer {
  decision: Decision;
  refusal?: Refusal;
  total_minor?: bigint;
  lines: DocumentLine[];
}
export interface PreviewMatch {
  match: MatchItems;
  with_minor?: bigint;
}
export interface PreviewPart {
  debit: bigint;
  credit: bigint;
  amount_minor: bigint;
  left_minor: bigint;
  number?: string;
  due?: number;
}
export interface PreviewMatchAnswer {
  parts: PreviewPart[];
  matched_minor: bigint;
  rest_minor: bigint;
  refusal?: Refusal;
}
export interface Aging {
  as_of?: number;
  bounds: number[];
  customer?: number;
  group?: number;
  branch?: number;
  by_customer?: boolean;
  page?: Uint8Array;
  known_seq?: bigint;
  by_document_date?: boolean;
  groups: number[];
}
export interface AgingBucket {
  from_days: number;
  to_days?: number;
  amount_minor: bigint;
  items: bigint;
}
export interface AgingRow {
  customer: number;
  code?: string;
  name?: Text;
  buckets_minor: bigint[];
  unmatched_minor: bigint;
  balance_minor: bigint;
}
export interface AgingAnswer {
  as_of: number;
  buckets: AgingBucket[];
  unmatched_minor: bigint;
  balance_minor: bigint;
  rows: AgingRow[];
  next?: Uint8Array;
  customers: bigint;
}
export interface TrialBalance {
  page?: Uint8Array;
}
export interface GlTotal {
  account: PostingAccount;
  sub?: number;
  branch: number;
  amount_minor: bigint;
}
export interface TrialBalanceAnswer {
  totals: GlTotal[];
  sum_minor: bigint;
  balances_minor: bigint;
  balanced: boolean;
  next?: Uint8Array;
}
export interface BooksOn {
  as_of: number;
  page?: Uint8Array;
}
export interface BooksOnAnswer {
  totals: GlTotal[];
  papers: bigint;
  next?: Uint8Array;
}
export interface Search {
  text: string;
  rows?: number;
  amounts_minor: bigint[];
}
export interface SearchHit {
  customer?: CustomerEntry;
  document?: DocumentRow;
  product?: ProductRecord;
  matched_field?: string;
  matched?: string;
}
export interface SearchAnswer {
  hits: SearchHit[];
}
export interface AlarmList {
  customer?: number;
  rows?: number;
  page?: Uint8Array;
  groups: number[];
}
export interface AlarmsAnswer {
  rows: AlarmRow[];
  next?: Uint8Array;
}
export interface CommandLookup {
  id: Uint8Array;
}
export interface CommandAnswer {
  known: boolean;
  reply?: Reply;
}
export interface RecoveryView {
  state?: OfferState;
  page?: Uint8Array;
  rows?: number;
}
export interface OfferRow {
  seq: bigint;
  state: OfferState;
  kind: number;
  at_ms: bigint;
  actor: Actor;
  number?: string;
  total_minor?: bigint;
  refusal?: Refusal;
  over_limit?: boolean;
  reason?: Text;
  back_seq?: bigint;
}
export interface UnheardTerminal {
  terminal: number;
  name: string;
}
export interface RecoveryAnswer {
  recovery: number;
  open: boolean;
  began_ms?: bigint;
  last_seq?: bigint;
  all_due?: boolean;
  waiting?: bigint;
  back?: bigint;
  differing?: bigint;
  refused?: bigint;
  declined?: bigint;
  terminals?: number;
  heard?: number;
  unheard: UnheardTerminal[];
  offers: OfferRow[];
  next?: Uint8Array;
  holes?: boolean;
}
export interface RightsView {
}
export interface RightRow {
  right: Right;
  roles: Role[];
}
export interface ThresholdRow {
  threshold: Threshold;
  role: Role;
  most?: bigint;
  usual: boolean;
  applies: boolean;
}
export interface RightsAnswer {
  version: number;
  held: boolean;
  rights: RightRow[];
  thresholds: ThresholdRow[];
}
export interface TryCommand {
  command: Command;
}
export interface TryAnswer {
  refusal?: Refusal;
}
export interface MoneyInByDay {
  until?: number;
  days?: number;
  branch?: number;
  page?: Uint8Array;
}
export interface MoneyInDay {
  date: number;
  branch: number;
  kinds: MoneyOfKind[];
}
export interface MoneyInByDayAnswer {
  days: MoneyInDay[];
  next?: Uint8Array;
  from: number;
  until: number;
}
export interface DueByWeek {
  from?: number;
  weeks?: number;
  branch?: number;
  page?: Uint8Array;
}
export interface DueWeek {
  from: number;
  amount_minor: bigint;
  bills: number;
}
export interface DueByWeekAnswer {
  from: number;
  overdue_minor: bigint;
  overdue_bills: number;
  weeks: DueWeek[];
  later_minor: bigint;
  later_bills: number;
  next?: Uint8Array;
}
export interface TopExposures {
  rows?: number;
  branch?: number;
}
export interface ExposureRow {
  who: CustomerRow;
  account: AccountRow;
  share_bp: number;
}
export interface TopExposuresAnswer {
  rows: ExposureRow[];
}
export interface BranchesNow {
}
export interface BranchNow {
  branch: number;
  code: string;
  name: string;
  date: number;
  blocked: boolean;
  terminals: number;
  connected?: number;
  heard_ms?: bigint;
  tills: number;
  tills_open: number;
  tills_counted: number;
}
export interface BranchesNowAnswer {
  branches: BranchNow[];
}
export interface StaffDay {
  staff?: number;
  date?: number;
  page?: Uint8Array;
}
export interface StaffDayAnswer {
  staff: number;
  date: number;
  sold_minor: bigint;
  sold: number;
  open_minor: bigint;
  collected: MoneyOfKind[];
  credited_minor: bigint;
  credited: number;
  refunded: number;
  refunded_minor?: bigint;
  reversed: number;
  next?: Uint8Array;
  paid_hidden?: boolean;
  sold_hidden?: boolean;
}
export interface TotalsView {
  recount?: boolean;
  group?: number;
}
export interface TotalsAnswer {
  rows: TotalsRow[];
}
export interface Report {
  what: ReportDefinition;
  page?: Uint8Array;
}
export interface ReportRow {
  date?: number;
  branch?: number;
  staff?: number;
  customer?: number;
  kind?: DocumentKind;
  product?: number;
  payment_kind?: PaymentKind;
  document?: bigint;
  login?: string;
  code?: string;
  name?: Text;
  product_code?: string;
  product_name?: string;
  number?: string;
  count: bigint;
  sold_minor?: bigint;
  on_credit_minor?: bigint;
  credited_minor?: bigint;
  collected_minor?: bigint;
  net_minor?: bigint;
  tax_minor?: bigint;
  discount_minor?: bigint;
  open_minor?: bigint;
  overdue_minor?: bigint;
  quantity?: bigint;
  cost_minor?: bigint;
  margin_minor?: bigint;
  unmatched_minor?: bigint;
  balance_minor?: bigint;
  reversed?: bigint;
  corrected?: bigint;
  over_limit?: bigint;
  backdated?: bigint;
  written?: bigint;
  refunded_minor?: bigint;
  reversed_minor?: bigint;
  money_hidden?: boolean;
  sold_hidden?: boolean;
}
export interface ReportAnswer {
  rows: ReportRow[];
  next?: Uint8Array;
  from: number;
  until: number;
  looked: number;
}
export interface SavedReports {
}
export interface SavedReportRow {
  report: SavedReportRecord;
  login?: string;
  mine: boolean;
}
export interface SavedReportsAnswer {
  reports: SavedReportRow[];
}
export interface MasterChanges {
  kind: MasterKind;
  id?: bigint;
  rows?: number;
  page?: Uint8Array;
}
export interface MasterChange {
  seq: bigint;
  at_ms: bigint;
  actor: Actor;
  login?: string;
  before?: Command;
  after?: Command;
  prices?: number;
}
export interface MasterChangesAnswer {
  changes: MasterChange[];
  next?: Uint8Array;
}
export interface Rehearse {
  command: Command;
  amount_minor?: bigint;
  rows?: number;
  page?: Uint8Array;
}
export interface RehearsedCustomer {
  who: CustomerRow;
  stopped: boolean;
  before: Decision;
  after: Decision;
  code?: RefusalCode;
}
export interface RehearsedRight {
  right: Right;
  lost: boolean;
  others: number;
}
export interface RehearsedThreshold {
  threshold: Threshold;
  before?: bigint;
  after?: bigint;
  less: boolean;
}
export interface RehearsedPerson {
  staff: number;
  login: string;
  name?: Text;
  role: Role;
  rights: RehearsedRight[];
  thresholds: RehearsedThreshold[];
}
export interface RehearseAnswer {
  refusal?: Refusal;
  customers: number;
  stopped: number;
  freed: number;
  rows: RehearsedCustomer[];
  people: RehearsedPerson[];
  people_less?: number;
  people_more?: number;
  next?: Uint8Array;
  at_ms?: bigint;
  raised?: number;
  lowered?: number;
  unbounded?: number;
  raised_minor?: bigint;
  lowered_minor?: bigint;
}
export interface FromTerminal {
  request?: bigint;
  deadline_ms?: number;
  hello?: Hello;
  login?: Login;
  use_token?: UseToken;
  switch_staff?: SwitchStaff;
  logout?: Logout;
  ping?: Ping;
  submit?: SubmitCommand;
  query?: Uint8Array;
  subscribe?: Subscribe;
  unsubscribe?: Unsubscribe;
  set_password?: SetPassword;
  set_buyer_pin?: BuyerPin;
  make_code?: MakeCode;
  renew?: Renew;
  server_status?: ServerStatus;
  audit_list?: AuditList;
  enrol?: Enrol;
  offer?: Offer;
  offers_done?: OffersDone;
  left_undone?: LeftUndone;
  enrol_browser?: EnrolBrowser;
  open_founding?: OpenFounding;
  found_company?: FoundCompany;
  watching?: Watching;
  notice_settings?: NoticeSettings;
  put_push?: PutPush;
  remove_push?: RemovePush;
  set_notices?: SetNotices;
  test_notice?: TestNotice;
  print?: Print;
  take_print_job?: TakePrintJob;
  import_open?: ImportOpen;
  import_piece?: ImportPiece;
  import_do?: ImportDo;
  import_look?: ImportLook;
  import_rejects?: ImportRejects;
}
export interface ToTerminal {
  request?: bigint;
  welcome?: Welcome;
  logged_in?: LoggedIn;
  pong?: Pong;
  reply?: Uint8Array;
  answer?: Uint8Array;
  subscribed?: Subscribed;
  snapshot_chunk?: SnapshotChunk;
  delta?: Delta;
  code?: Code;
  enrolled?: Enrolled;
  status?: StatusAnswer;
  refused?: Refusal;
  goodbye?: Goodbye;
  accepted?: Accepted;
  audit?: AuditAnswer;
  challenge?: Challenge;
  browser_enrolled?: BrowserEnrolled;
  founding_opened?: FoundingOpened;
  founded?: Founded;
  notices?: NoticeSettingsAnswer;
  notice_tested?: NoticeTested;
  printed?: Printed;
  print_job?: PrintJob;
  import_state?: ImportState;
  import_rejected?: ImportRejected;
}
export interface Hello {
  wire: number;
  program?: string;
  mark?: Uint8Array;
  met?: number;
  met_nonce?: Uint8Array;
  browser?: BrowserProof;
}
export interface Welcome {
  wire: number;
  company: string;
  currency: string;
  exponent: number;
  ledger: Uint8Array;
  incarnation: number;
  seq: bigint;
  terminal: number;
  branch: number;
  terminal_name: string;
  branch_code: string;
  now_ms: bigint;
  date: number;
  renew?: boolean;
  heartbeat_ms?: number;
  program?: string;
  incarnation_nonce?: Uint8Array;
  features?: Uint8Array;
  recovery?: RecoveryNotice;
  mark?: Uint8Array;
  utc_offset_minutes?: number;
  country?: string;
  practice?: boolean;
  tax_bp?: number;
  paper_language?: string;
  found_link?: string;
  mark_old?: boolean;
  printer?: PrinterState;
}
export interface RecoveryNotice {
  recovery: number;
  open: boolean;
  began_ms: bigint;
  last_seq: bigint;
  offer_only: boolean;
  ended: EndedIncarnation[];
}
export interface EndedIncarnation {
  incarnation: number;
  incarnation_nonce: Uint8Array;
  last_seq: bigint;
}
export interface Offer {
  id: Uint8Array;
  command: Uint8Array;
  receipt: SealedReceipt;
}
export interface OffersDone {
}
export interface Features {
  types: FeatureType[];
}
export interface FeatureType {
  numbers: number[];
  types: number[];
}
export interface Login {
  login: string;
  password: string;
}
export interface UseToken {
  token: Uint8Array;
}
export interface SwitchStaff {
  login: string;
  pin: string;
}
export interface LoggedIn {
  staff: number;
  login: string;
  name?: Text;
  role: Role;
  token: Uint8Array;
  expires_ms: bigint;
  rights: Right[];
  other_branch?: string;
  password_by?: string;
  password_ms?: bigint;
  bound_branch?: number;
}
export interface LeftUndone {
  command: string;
  customer?: string;
  amount_minor?: bigint;
  made_ms: bigint;
  reason: string;
}
export interface Logout {
}
export interface Accepted {
}
export interface Ping {
  mark?: Uint8Array;
}
export interface Pong {
  seq: bigint;
  now_ms: bigint;
  mark?: Uint8Array;
  mark_old?: boolean;
  printer?: PrinterState;
}
export interface SubmitCommand {
  id: Uint8Array;
  command: Uint8Array;
  buyer_pin?: BuyerPin;
}
export interface BuyerPin {
  customer: number;
  buyer: number;
  pin?: string;
}
export interface SetPassword {
  staff?: number;
  password?: string;
  pin?: string;
  old_password?: string;
}
export interface MakeCode {
  terminal: number;
}
export interface Code {
  code: string;
  expires_ms: bigint;
}
export interface Enrol {
  code: string;
  request: string;
  program?: string;
}
export interface Renew {
  request: string;
}
export interface Enrolled {
  certificate: string;
  terminal: number;
  name: string;
  company: string;
  not_after_ms: bigint;
  root_hash: Uint8Array;
}
export interface Challenge {
  nonce: Uint8Array;
  ledger: Uint8Array;
  incarnation: number;
  incarnation_nonce?: Uint8Array;
  program?: string;
  founding?: Founding;
}
export interface Founding {
  countries: Country[];
}
export interface Country {
  code: string;
  currency: string;
  exponent: number;
  tax_bp: number;
  language: string;
  zone: string;
}
export interface OpenFounding {
  secret: string;
  origin: string;
  browser?: Uint8Array;
}
export interface FoundingOpened {
  recovery: string;
  login: string;
  others?: number;
}
export interface FoundCompany {
  secret: string;
  company: string;
  country: string;
  currency: string;
  tax_bp: number;
  paper_language: string;
  utc_offset_minutes: number;
  branch_code: string;
  branch_name: string;
  owner: string;
  pin: string;
  key: Uint8Array;
  signature: Uint8Array;
  origin: string;
  program?: string;
}
export interface Founded {
  terminal: number;
  name: string;
  branch: number;
}
export interface BrowserProof {
  terminal: number;
  signature: Uint8Array;
  origin: string;
}
export interface EnrolBrowser {
  code: string;
  key: Uint8Array;
  signature: Uint8Array;
  origin: string;
  program?: string;
}
export interface BrowserEnrolled {
  terminal: number;
  name: string;
  company: string;
  ledger: Uint8Array;
  branch: number;
  branch_code: string;
}
export interface Subscribe {
  subscription: number;
  topic: Topic;
  customers: number[];
  resume?: Resume;
}
export interface Unsubscribe {
  subscription: number;
}
export interface Resume {
  ledger: Uint8Array;
  incarnation: number;
  seq: bigint;
  incarnation_nonce?: Uint8Array;
}
export interface Subscribed {
  subscription: number;
  resumed: boolean;
  seq: bigint;
  ledger: Uint8Array;
  incarnation: number;
  incarnation_nonce?: Uint8Array;
}
export interface SnapshotChunk {
  subscription: number;
  seq: bigint;
  rows: Row[];
  last: boolean;
}
export interface Delta {
  subscription: number;
  prev: bigint;
  this: bigint;
  rows: Row[];
  committed_ms?: bigint;
}
export interface ServerStatus {
}
export interface StatusAnswer {
  version: string;
  seq: bigint;
  rules_version: number;
  sessions: number;
  uptime_ms: bigint;
  commands: bigint;
  batches: bigint;
  journal_bytes: bigint;
  state_bytes: bigint;
  state_map_bytes: bigint;
  disk_free_bytes: bigint;
  last_backup_ms?: bigint;
  read_only?: boolean;
  read_only_reason?: string;
  server_certificate_ends_ms?: bigint;
  clock_offset_ms?: bigint;
  loop_lag_ms?: number;
  reader_lag?: bigint;
  disk_days_left?: number;
  slots?: number;
  turned_away?: bigint;
  busy?: bigint;
  not_reading?: number;
  journal_slow_ms?: number;
  recovery?: number;
  offers_waiting?: bigint;
  offers_not_back?: bigint;
  terminals_unheard?: number;
  audit_line?: bigint;
  audit_seal?: string;
  state_rebuilt?: string;
  texts_unreadable?: bigint;
  follower_seq?: bigint;
  follower_lag_ms?: bigint;
  clock_alarm?: string;
  date_alarm?: string;
  root_certificate_ends_ms?: bigint;
  certificate_alarm?: string;
  web_certificate_ends_ms?: bigint;
  terminal_alarms: string[];
  terminals_alarmed?: number;
  ledger_folder?: string;
  copies_at?: string;
  listens?: string;
}
export interface AuditList {
  rows?: number;
  before?: bigint;
  staff?: number;
  terminal?: number;
  event?: string;
  from_ms?: bigint;
  until_ms?: bigint;
  about?: string;
}
export interface AuditLine {
  line: bigint;
  at_ms: bigint;
  event: string;
  staff?: number;
  login?: string;
  terminal?: number;
  terminal_name?: string;
  carrier?: string;
  address?: string;
  about?: string;
  left_out?: bigint;
  changed?: boolean;
}
export interface AuditAnswer {
  lines: AuditLine[];
  next?: bigint;
}
export interface Watching {
  active: boolean;
}
export interface NoticeSettings {
}
export interface NoticeSettingsAnswer {
  push: boolean;
  phone: boolean;
  push_key?: Uint8Array;
  devices: PushDevice[];
  devices_most: number;
  phone_number?: string;
  quiet_from?: number;
  quiet_until?: number;
}
export interface PushDevice {
  terminal: number;
  name?: string;
  since_ms: bigint;
  here: boolean;
}
export interface PutPush {
  endpoint: string;
  point: Uint8Array;
  auth: Uint8Array;
  language: string;
}
export interface RemovePush {
  terminal?: number;
}
export interface SetNotices {
  phone?: string;
  quiet_from?: number;
  quiet_until?: number;
  language: string;
}
export interface TestNotice {
}
export interface NoticeTested {
  results: NoticeTestResult[];
}
export interface NoticeTestResult {
  terminal?: number;
  result: NoticeResult;
  status?: number;
}
export interface Print {
  document: bigint;
  copy?: boolean;
  drawer?: boolean;
  without_debt?: boolean;
  language?: string;
}
export interface Printed {
  outcome: PrintOutcome;
  text?: string;
  copy?: boolean;
  printer?: number;
  silent?: boolean;
}
export interface TakePrintJob {
  state: PrinterState;
  result?: PrintResult;
}
export interface PrintResult {
  job: bigint;
  outcome: PrintOutcome;
  text?: string;
  copy?: boolean;
  silent?: boolean;
}
export interface PrintJob {
  job: bigint;
  document: DocumentAnswer;
  owed_minor?: bigint;
  owed_before_minor?: bigint;
  branch_name?: string;
  terminal_name?: string;
  utc_offset_minutes?: number;
  copy?: boolean;
  drawer?: boolean;
  language?: string;
  change_minor?: bigint;
  buyer_tax_code?: Text;
}
export interface Goodbye {
  reason: string;
  refused?: Refusal;
  retry_ms?: number;
}
export interface ImportOpen {
  name: string;
  size: bigint;
  digest: Uint8Array;
}
export interface ImportPiece {
  import: bigint;
  offset: bigint;
  data: Uint8Array;
}
export interface ImportDo {
  import: bigint;
  action: ImportAction;
  kind?: ImportKind;
  settings: ImportSetting[];
  columns: ImportColumn[];
  edits: ImportEdit[];
}
export interface ImportSetting {
  name: string;
  value?: string;
}
export interface ImportColumn {
  field?: string;
  header?: string;
  guessed?: boolean;
  of_money?: boolean;
}
export interface ImportEdit {
  line: bigint;
  column: number;
  text: string;
}
export interface ImportLook {
  import?: bigint;
}
export interface ImportState {
  import: bigint;
  name?: string;
  size?: bigint;
  received?: bigint;
  working?: ImportAction;
  report?: Uint8Array;
  ended?: ImportAction;
  killed?: boolean;
  waits_for?: number;
  rejected_bytes?: bigint;
  revision?: bigint;
  asked?: Uint8Array;
}
export interface ImportRejects {
  import: bigint;
  offset: bigint;
}
export interface ImportRejected {
  data: Uint8Array;
  size: bigint;
}
export interface ImportReport {
  action: ImportAction;
  done: boolean;
  failure?: string;
  question?: ImportQuestion;
  looked?: ImportLooked;
  result?: ImportResult;
  progress?: ImportProgress;
  undone?: ImportUndone;
}
export interface ImportProgress {
  done: bigint;
  rows: bigint;
  at: bigint;
  size: bigint;
  ms: bigint;
  weighing?: boolean;
}
export interface ImportQuestion {
  asked: ImportAsked;
  words: string;
  example?: string;
  readings: ImportReading[];
}
export interface ImportReading {
  answer: string;
  shown?: string;
  amount_minor?: bigint;
  date?: number;
}
export interface ImportLooked {
  kind: ImportKind;
  kinds: ImportKind[];
  format?: string;
  sheets: string[];
  sheet?: string;
  encoding?: string;
  delimiter?: string;
  decimal?: string;
  dates?: string;
  columns: ImportColumn[];
  fields: ImportField[];
  rows: ImportRow[];
  header_line?: bigint;
  source?: string;
  as_of?: number;
}
export interface ImportField {
  name: string;
  required_here?: boolean;
}
export interface ImportRow {
  line: bigint;
  cells: ImportCell[];
}
export interface ImportCell {
  text: string;
  read?: string;
  wrong?: boolean;
  amount_minor?: bigint;
  date?: number;
}
export interface ImportResult {
  rows: bigint;
  rejected_rows: bigint;
  sent: bigint;
  there: bigint;
  changed?: bigint;
  conflicts?: bigint;
  customers_made?: bigint;
  products_made?: bigint;
  money?: boolean;
  clear_minor?: bigint;
  need_minor?: bigint;
  need_unread?: bigint;
  ledger_minor?: bigint;
  ledger_documents?: bigint;
  totals_minor?: bigint;
  totals?: bigint;
  totals_example?: string;
  left_out?: string;
  nothing_owed?: bigint;
  first_date?: number;
  last_date?: number;
  ms?: bigint;
  reasons: ImportReason[];
  needs: ImportNeed[];
  source?: string;
  doubles: ImportDouble[];
  changes: ImportChange[];
}
export interface ImportChange {
  line: bigint;
  label: string;
  differences: ImportDifference[];
}
export interface ImportDifference {
  field: string;
  there: string;
  here: string;
}
export interface ImportDouble {
  line: bigint;
  label: string;
  other_line?: bigint;
  other: string;
  other_code?: string;
  by_phone?: boolean;
  same: ImportEdit[];
}
export interface ImportReason {
  why: string;
  count: bigint;
  line: bigint;
  field?: string;
}
export interface ImportNeed {
  line: bigint;
  why: string;
  field?: string;
  column?: number;
  text?: string;
  label?: string;
  amount_minor?: bigint;
  readings: ImportReading[];
}
export interface ImportUndone {
  documents: bigint;
  done: bigint;
  gone: bigint;
  refused: bigint;
  reasons: ImportReason[];
}

export interface Messages {
  Text: Text;
  ProductUnit: ProductUnit;
  WayOut: WayOut;
  Refusal: Refusal;
  Decision: Decision;
  ReportDefinition: ReportDefinition;
  Command: Command;
  CreateCompany: CreateCompany;
  AdoptRulesVersion: AdoptRulesVersion;
  TurnDay: TurnDay;
  TurnBackDay: TurnBackDay;
  StepJob: StepJob;
  AddBranch: AddBranch;
  ChangeBranch: ChangeBranch;
  AddStaff: AddStaff;
  ChangeStaff: ChangeStaff;
  RoleThreshold: RoleThreshold;
  SetThresholds: SetThresholds;
  SetSecret: SetSecret;
  SignOut: SignOut;
  AddTerminal: AddTerminal;
  ChangeTerminal: ChangeTerminal;
  SetEnrolmentCode: SetEnrolmentCode;
  EnrolTerminal: EnrolTerminal;
  RenewTerminal: RenewTerminal;
  AlarmTerminal: AlarmTerminal;
  OpenCustomer: OpenCustomer;
  ChangeCustomer: ChangeCustomer;
  LockCustomer: LockCustomer;
  UnlockCustomer: UnlockCustomer;
  AddNote: AddNote;
  ChangeNote: ChangeNote;
  MergeCustomers: MergeCustomers;
  UndoMerge: UndoMerge;
  AddGroup: AddGroup;
  ChangeGroup: ChangeGroup;
  JoinGroup: JoinGroup;
  LeaveGroup: LeaveGroup;
  AuthoriseBuyer: AuthoriseBuyer;
  RevokeBuyer: RevokeBuyer;
  SetBuyerPin: SetBuyerPin;
  AddProduct: AddProduct;
  ChangeProduct: ChangeProduct;
  AddPriceList: AddPriceList;
  ChangePriceList: ChangePriceList;
  PriceEntry: PriceEntry;
  SetPrices: SetPrices;
  AddTill: AddTill;
  AddBankAccount: AddBankAccount;
  AddPosDevice: AddPosDevice;
  RetireMoneyAccount: RetireMoneyAccount;
  LimitTerms: LimitTerms;
  SetCreditLimit: SetCreditLimit;
  SetPayer: SetPayer;
  SetCreditPolicy: SetCreditPolicy;
  AskApproval: AskApproval;
  DecideApproval: DecideApproval;
  InvoiceLine: InvoiceLine;
  Charge: Charge;
  IssueInvoice: IssueInvoice;
  CreditNoteLine: CreditNoteLine;
  IssueCreditNote: IssueCreditNote;
  MatchPart: MatchPart;
  MatchItems: MatchItems;
  UndoMatch: UndoMatch;
  TakePayment: TakePayment;
  BillAmount: BillAmount;
  ConfirmPayment: ConfirmPayment;
  SellPaid: SellPaid;
  PaidPart: PaidPart;
  SetCashPolicy: SetCashPolicy;
  RefundMoney: RefundMoney;
  MoveMoney: MoveMoney;
  ConfirmMove: ConfirmMove;
  PutCash: PutCash;
  OpenTill: OpenTill;
  CountTill: CountTill;
  CloseTill: CloseTill;
  ReverseDocument: ReverseDocument;
  CorrectInvoice: CorrectInvoice;
  CorrectPayment: CorrectPayment;
  BeginRecovery: BeginRecovery;
  StageOffer: StageOffer;
  ReportOffers: ReportOffers;
  RecallNext: RecallNext;
  ApplyOffers: ApplyOffers;
  DeclineOffer: DeclineOffer;
  CloseRecovery: CloseRecovery;
  SaveReport: SaveReport;
  RemoveReport: RemoveReport;
  EraseCustomer: EraseCustomer;
  Warning: Warning;
  Done: Done;
  FreedMatch: FreedMatch;
  PaidDone: PaidDone;
  Reply: Reply;
  SealedReceipt: SealedReceipt;
  Receipt: Receipt;
  Settled: Settled;
  Actor: Actor;
  LastChange: LastChange;
  FamilyFigures: FamilyFigures;
  AccountRow: AccountRow;
  CustomerRow: CustomerRow;
  BuyerRow: BuyerRow;
  ApprovalRow: ApprovalRow;
  AlarmRow: AlarmRow;
  MoneyOfKind: MoneyOfKind;
  TotalsChange: TotalsChange;
  TotalsRow: TotalsRow;
  DecisionRow: DecisionRow;
  Row: Row;
  BranchRecord: BranchRecord;
  MarkedSeries: MarkedSeries;
  CustomerRecord: CustomerRecord;
  AgainRecord: AgainRecord;
  MergeRecord: MergeRecord;
  NoteRecord: NoteRecord;
  BuyerRecord: BuyerRecord;
  FieldChange: FieldChange;
  ChangeRecord: ChangeRecord;
  GroupRecord: GroupRecord;
  ProductRecord: ProductRecord;
  PriceListRecord: PriceListRecord;
  MoneyAccountRecord: MoneyAccountRecord;
  MoneyDayRecord: MoneyDayRecord;
  TillCount: TillCount;
  TillDayRecord: TillDayRecord;
  LimitEntry: LimitEntry;
  LimitRecord: LimitRecord;
  Posting: Posting;
  DocumentLine: DocumentLine;
  DocumentCharge: DocumentCharge;
  DocumentRecord: DocumentRecord;
  DocumentTailRecord: DocumentTailRecord;
  SavedReportRecord: SavedReportRecord;
  Query: Query;
  Answer: Answer;
  CompanyView: CompanyView;
  CompanyAnswer: CompanyAnswer;
  TillDay: TillDay;
  TillDayAnswer: TillDayAnswer;
  TillDays: TillDays;
  TillDaysAnswer: TillDaysAnswer;
  MoneyDays: MoneyDays;
  MoneyDaysAnswer: MoneyDaysAnswer;
  BranchList: BranchList;
  BranchesAnswer: BranchesAnswer;
  StaffList: StaffList;
  StaffMember: StaffMember;
  StaffAnswer: StaffAnswer;
  TerminalList: TerminalList;
  TerminalMember: TerminalMember;
  TerminalsAnswer: TerminalsAnswer;
  GroupList: GroupList;
  GroupsAnswer: GroupsAnswer;
  MoneyAccountList: MoneyAccountList;
  MoneyAccountsAnswer: MoneyAccountsAnswer;
  ApprovalList: ApprovalList;
  ApprovalsAnswer: ApprovalsAnswer;
  ApprovalView: ApprovalView;
  ApprovalAnswer: ApprovalAnswer;
  CustomerCard: CustomerCard;
  CustomerCardAnswer: CustomerCardAnswer;
  CustomerList: CustomerList;
  CustomerEntry: CustomerEntry;
  CustomersAnswer: CustomersAnswer;
  ListCounts: ListCounts;
  NoteList: NoteList;
  NotesAnswer: NotesAnswer;
  MergePreview: MergePreview;
  MergeAnswer: MergeAnswer;
  CustomerHistory: CustomerHistory;
  HistoryRow: HistoryRow;
  HistoryAnswer: HistoryAnswer;
  CustomerChanges: CustomerChanges;
  CustomerChangesAnswer: CustomerChangesAnswer;
  UnpaidBills: UnpaidBills;
  Bill: Bill;
  BillsAnswer: BillsAnswer;
  LimitHistory: LimitHistory;
  LimitsAnswer: LimitsAnswer;
  UnmatchedMoney: UnmatchedMoney;
  UnmatchedRow: UnmatchedRow;
  UnmatchedMoneyAnswer: UnmatchedMoneyAnswer;
  MatchSuggestions: MatchSuggestions;
  SuggestedBill: SuggestedBill;
  SuggestionRow: SuggestionRow;
  MatchSuggestionsAnswer: MatchSuggestionsAnswer;
  LikelyDoubles: LikelyDoubles;
  LikelyDoublesAnswer: LikelyDoublesAnswer;
  ProductList: ProductList;
  ProductsAnswer: ProductsAnswer;
  ProductCard: ProductCard;
  ProductCardAnswer: ProductCardAnswer;
  PriceRow: PriceRow;
  ProductSales: ProductSales;
  ProductSalesRow: ProductSalesRow;
  ProductSalesAnswer: ProductSalesAnswer;
  PriceListList: PriceListList;
  PriceListsAnswer: PriceListsAnswer;
  PriceListView: PriceListView;
  PricesAnswer: PricesAnswer;
  DocumentView: DocumentView;
  Touch: Touch;
  PaperLink: PaperLink;
  DocumentAnswer: DocumentAnswer;
  DocumentList: DocumentList;
  DocumentTotal: DocumentTotal;
  DocumentRow: DocumentRow;
  DocumentsAnswer: DocumentsAnswer;
  WhatIf: WhatIf;
  WhatIfAnswer: WhatIfAnswer;
  PreviewMatch: PreviewMatch;
  PreviewPart: PreviewPart;
  PreviewMatchAnswer: PreviewMatchAnswer;
  Aging: Aging;
  AgingBucket: AgingBucket;
  AgingRow: AgingRow;
  AgingAnswer: AgingAnswer;
  TrialBalance: TrialBalance;
  GlTotal: GlTotal;
  TrialBalanceAnswer: TrialBalanceAnswer;
  BooksOn: BooksOn;
  BooksOnAnswer: BooksOnAnswer;
  Search: Search;
  SearchHit: SearchHit;
  SearchAnswer: SearchAnswer;
  AlarmList: AlarmList;
  AlarmsAnswer: AlarmsAnswer;
  CommandLookup: CommandLookup;
  CommandAnswer: CommandAnswer;
  RecoveryView: RecoveryView;
  OfferRow: OfferRow;
  UnheardTerminal: UnheardTerminal;
  RecoveryAnswer: RecoveryAnswer;
  RightsView: RightsView;
  RightRow: RightRow;
  ThresholdRow: ThresholdRow;
  RightsAnswer: RightsAnswer;
  TryCommand: TryCommand;
  TryAnswer: TryAnswer;
  MoneyInByDay: MoneyInByDay;
  MoneyInDay: MoneyInDay;
  MoneyInByDayAnswer: MoneyInByDayAnswer;
  DueByWeek: DueByWeek;
  DueWeek: DueWeek;
  DueByWeekAnswer: DueByWeekAnswer;
  TopExposures: TopExposures;
  ExposureRow: ExposureRow;
  TopExposuresAnswer: TopExposuresAnswer;
  BranchesNow: BranchesNow;
  BranchNow: BranchNow;
  BranchesNowAnswer: BranchesNowAnswer;
  StaffDay: StaffDay;
  StaffDayAnswer: StaffDayAnswer;
  TotalsView: TotalsView;
  TotalsAnswer: TotalsAnswer;
  Report: Report;
  ReportRow: ReportRow;
  ReportAnswer: ReportAnswer;
  SavedReports: SavedReports;
  SavedReportRow: SavedReportRow;
  SavedReportsAnswer: SavedReportsAnswer;
  MasterChanges: MasterChanges;
  MasterChange: MasterChange;
  MasterChangesAnswer: MasterChangesAnswer;
  Rehearse: Rehearse;
  RehearsedCustomer: RehearsedCustomer;
  RehearsedRight: RehearsedRight;
  RehearsedThreshold: RehearsedThreshold;
  RehearsedPerson: RehearsedPerson;
  RehearseAnswer: RehearseAnswer;
  FromTerminal: FromTerminal;
  ToTerminal: ToTerminal;
  Hello: Hello;
  Welcome: Welcome;
  RecoveryNotice: RecoveryNotice;
  EndedIncarnation: EndedIncarnation;
  Offer: Offer;
  OffersDone: OffersDone;
  Features: Features;
  FeatureType: FeatureType;
  Login: Login;
  UseToken: UseToken;
  SwitchStaff: SwitchStaff;
  LoggedIn: LoggedIn;
  LeftUndone: LeftUndone;
  Logout: Logout;
  Accepted: Accepted;
  Ping: Ping;
  Pong: Pong;
  SubmitCommand: SubmitCommand;
  BuyerPin: BuyerPin;
  SetPassword: SetPassword;
  MakeCode: MakeCode;
  Code: Code;
  Enrol: Enrol;
  Renew: Renew;
  Enrolled: Enrolled;
  Challenge: Challenge;
  Founding: Founding;
  Country: Country;
  OpenFounding: OpenFounding;
  FoundingOpened: FoundingOpened;
  FoundCompany: FoundCompany;
  Founded: Founded;
  BrowserProof: BrowserProof;
  EnrolBrowser: EnrolBrowser;
  BrowserEnrolled: BrowserEnrolled;
  Subscribe: Subscribe;
  Unsubscribe: Unsubscribe;
  Resume: Resume;
  Subscribed: Subscribed;
  SnapshotChunk: SnapshotChunk;
  Delta: Delta;
  ServerStatus: ServerStatus;
  StatusAnswer: StatusAnswer;
  AuditList: AuditList;
  AuditLine: AuditLine;
  AuditAnswer: AuditAnswer;
  Watching: Watching;
  NoticeSettings: NoticeSettings;
  NoticeSettingsAnswer: NoticeSettingsAnswer;
  PushDevice: PushDevice;
  PutPush: PutPush;
  RemovePush: RemovePush;
  SetNotices: SetNotices;
  TestNotice: TestNotice;
  NoticeTested: NoticeTested;
  NoticeTestResult: NoticeTestResult;
  Print: Print;
  Printed: Printed;
  TakePrintJob: TakePrintJob;
  PrintResult: PrintResult;
  PrintJob: PrintJob;
  Goodbye: Goodbye;
  ImportOpen: ImportOpen;
  ImportPiece: ImportPiece;
  ImportDo: ImportDo;
  ImportSetting: ImportSetting;
  ImportColumn: ImportColumn;
  ImportEdit: ImportEdit;
  ImportLook: ImportLook;
  ImportState: ImportState;
  ImportRejects: ImportRejects;
  ImportRejected: ImportRejected;
  ImportReport: ImportReport;
  ImportProgress: ImportProgress;
  ImportQuestion: ImportQuestion;
  ImportReading: ImportReading;
  ImportLooked: ImportLooked;
  ImportField: ImportField;
  ImportRow: ImportRow;
  ImportCell: ImportCell;
  ImportResult: ImportResult;
  ImportChange: ImportChange;
  ImportDifference: ImportDifference;
  ImportDouble: ImportDouble;
  ImportReason: ImportReason;
  ImportNeed: ImportNeed;
  ImportUndone: ImportUndone;
}

export const TABLE = `Text,1 value s,2 id y,3 size u,4 digest y,5 unreadable b
ProductUnit,1 code s!,2 factor I,3 price I,4 barcodes s*,5 retired b,6 no_price b
WayOut,1 kind e375!,2 amount_minor I,3 roles e365*,400 customer_code s
Refusal,1 code e373!,2 field s,3 over_by_minor I,4 available_minor I,5 most I,6 days u,7 right e366,8 roles e365*,9 existing U,10 existing_number s,11 retry_ms u,12 decision m4,13 ways m2*,14 reason m0,30 from_ms I,40 date u,280 by s,281 replaced_by s,170 at u,171 point u,220 threshold e372,221 wanted I,222 branch s,200 approval U,203 goods s,400 payer_code s,420 units s,471 cause e376,470 paid_minor I,475 tries_left u,760 above_minor I,761 day_minor I
Decision,1 verdict e377!,2 policy_version u!,3 limit_source e378!,4 unlimited b!,5 limit_minor I!,6 bills_minor I!,7 uncleared_minor I!,8 unmatched_minor I!,9 exposure_minor I!,10 amount_minor I!,11 over_by_minor I!,12 overdue_minor I,13 oldest_overdue_days u,14 walls e373*,15 approval U,16 limit_group U,17 currency s,280 replaces_minor I,220 unpaid_bills u,221 unpaid_max u,222 too_old_minor I,400 payer u,401 payer_code s,402 site_limit_minor I,403 site_exposure_minor I,404 site_over_by_minor I,405 slip_weight u,406 freed_minor I
ReportDefinition,1 source e380!,2 by e381*,3 span e382,4 from u,5 until u,6 branch u,7 group u,8 customer u,9 staff u,10 product u,11 kind e367,12 payment_kind e369,13 odd e383,14 columns s*,785 overdue b
Command,1 create_company m7,2 adopt_rules_version m8,3 turn_day m9,4 step_job m11,5 turn_back_day m10,10 add_branch m12,11 change_branch m13,12 add_staff m14,13 change_staff m15,14 set_secret m18,15 add_terminal m20,16 change_terminal m21,17 set_enrolment_code m22,18 enrol_terminal m23,19 renew_terminal m24,20 sign_out m19,30 open_customer m26,31 change_customer m27,32 lock_customer m28,33 unlock_customer m29,34 add_group m34,35 change_group m35,36 join_group m36,37 leave_group m37,38 authorise_buyer m38,39 revoke_buyer m39,50 add_product m41,51 change_product m42,60 add_till m47,61 add_bank_account m48,62 add_pos_device m49,63 retire_money_account m50,70 set_credit_limit m52,71 set_credit_policy m54,72 ask_approval m55,73 decide_approval m56,80 issue_invoice m59,81 issue_credit_note m61,90 match_items m63,91 undo_match m64,100 take_payment m65,101 confirm_payment m67,110 reverse_document m78,111 correct_invoice m79,112 correct_payment m80,120 begin_recovery m81,121 stage_offer m82,122 report_offers m83,123 recall_next m84,124 apply_offers m85,125 decline_offer m86,126 close_recovery m87,150 alarm_terminal m25,220 set_thresholds m17,400 set_payer m53,240 sell_paid m68,241 set_cash_policy m70,242 refund_money m71,243 move_money m72,244 confirm_move m73,245 put_cash m74,246 open_till m75,247 count_till m76,248 close_till m77,420 add_price_list m43,421 change_price_list m44,422 set_prices m46,475 set_buyer_pin m40,680 save_report m88,681 remove_report m89,682 erase_customer m90,660 add_note m30,661 change_note m31,662 merge_customers m32,663 undo_merge m33
CreateCompany,1 name s!,2 currency s!,3 admin_login s!,4 admin_name m0,5 head_office s,6 rules_version u!,7 date u!,580 country s,581 practice b,582 tax_bp u,583 paper_language s,584 head_office_name s
AdoptRulesVersion,1 rules_version u!
TurnDay,1 branch u!,2 date u!
TurnBackDay,1 branch u!,2 date u!,450 leave_papers b
StepJob,1 job U!
AddBranch,1 code s!,2 name s!,3 utc_offset_minutes i,4 phone s,5 address s
ChangeBranch,1 branch u!,2 name s,3 blocked b,4 utc_offset_minutes i,5 phone s,6 address s
AddStaff,1 login s!,2 name m0,3 role e365!,4 branch u
ChangeStaff,1 staff u!,2 name m0,3 role e365,4 branch u,5 blocked b
RoleThreshold,1 threshold e372!,2 role e365!,3 most I,4 usual b
SetThresholds,1 thresholds m16*
SetSecret,1 staff u!,2 password_hash y,3 pin_hash y,620 by u
SignOut,1 staff u!
AddTerminal,1 branch u!,2 name s!,560 printer b
ChangeTerminal,1 terminal u!,2 name s,3 branch u,4 blocked b,560 printer b
SetEnrolmentCode,1 terminal u!,2 code_digest y!,3 expires_ms I!,710 by u
EnrolTerminal,1 terminal u!,2 code_digest y!,3 serial U!,4 fingerprint y!,5 not_after_ms I!,500 key y
RenewTerminal,1 terminal u!,2 serial U!,3 fingerprint y!,4 not_after_ms I!,5 shown y
AlarmTerminal,1 terminal u!,2 what e379!,3 incarnation u
OpenCustomer,1 code s,2 name m0!,3 phone m0,4 area s,5 nickname m0,6 tax_code m0,7 address m0,8 groups u*,9 term_days u,11 language s,12 source s,13 note m0,404 payer u,405 payer_code s,560 no_debt_on_slips b,620 buyers_only b
ChangeCustomer,1 customer u!,2 name m0,3 phone m0,4 area s,5 nickname m0,6 tax_code m0,7 address m0,8 term_days u,9 language s,10 note m0,30 clear e384*,560 no_debt_on_slips b,620 buyers_only b
LockCustomer,1 customer u!,2 reason m0,3 until u
UnlockCustomer,1 customer u!,2 reason m0
AddNote,1 customer u!,2 text m0!,3 kind e362,4 again u,5 owner u,6 result e363,7 help e364,8 closes b
ChangeNote,1 customer u!,2 note U!,3 again u,4 owner u,5 done b
MergeCustomers,1 customer u,2 customer_code s,3 into u,4 into_code s,5 reason m0
UndoMerge,1 customer u,2 customer_code s,3 reason m0
AddGroup,1 dimension s!,2 name s!,3 term_days u,4 limit m51
ChangeGroup,1 group u!,2 name s,3 term_days u,4 limit m51,30 clear e384*
JoinGroup,1 customer u!,2 group u!
LeaveGroup,1 customer u!,2 group u!
AuthoriseBuyer,1 customer u!,2 name m0!,3 phone m0,4 identity m0,5 cap_sale_minor I,6 cap_day_minor I,7 valid_until u
RevokeBuyer,1 customer u!,2 buyer u!
SetBuyerPin,1 customer u!,2 buyer u!,3 pin_hash y
AddProduct,1 code s!,2 name s!,3 unit s,4 price I,5 tax_bp u,6 brand s,7 colour s,8 model s,9 barcodes s*,10 serials b,220 floor I,420 cost I,421 units m1*
ChangeProduct,1 product u!,2 name s,3 unit s,4 price I,5 tax_bp u,6 brand s,7 colour s,8 model s,9 barcodes s*,10 retired b,220 floor I,221 no_floor b,420 cost I,421 no_cost b,422 units m1*
AddPriceList,1 code s!,2 name s!,3 groups u*,4 branches u*
ChangePriceList,1 list s!,2 name s,3 groups u*,4 all_customers b,5 branches u*,6 all_branches b,7 retired b
PriceEntry,1 product u,2 product_code s,3 unit s,4 from_quantity I,5 valid_from u,6 price I
SetPrices,1 list s!,2 prices m45*
AddTill,1 branch u!,2 name s!
AddBankAccount,1 name s!,2 number s!,3 bank s
AddPosDevice,1 branch u!,2 name s!,3 bank_account u!
RetireMoneyAccount,1 money_account u!,2 retired b!
LimitTerms,1 unlimited b,2 limit_minor I,3 policy e370,4 valid_from u,5 valid_until u,6 overdue_days u,7 overdue_minor I,8 document_max_minor I,9 currency s,220 unpaid_max u,404 slip_weight u
SetCreditLimit,1 customer u!,2 terms m51,3 reason m0,30 clear e384*,31 ended U
SetPayer,1 customer u!,2 payer u,3 reason m0,404 payer_code s
SetCreditPolicy,1 terms m51!,2 term_days u,3 title s,4 credit_note_approve_minor I,20 own_reversal_minor I,30 clear e384*,200 own_approval e385
AskApproval,1 customer u!,2 amount_minor I!,3 minutes u,4 note m0,5 draft m59
DecideApproval,1 approval U!,2 approved b!,3 amount_minor I,4 reason m0
InvoiceLine,1 product u,2 product_code s,3 text s,4 quantity I!,5 price I,6 discount_bp u,7 discount_minor I,8 tax_bp u,9 serials s*,420 unit s,496 unit_factor I,495 base_price I,280 line u
Charge,1 title s!,2 amount_minor I!,3 tax_bp u
IssueInvoice,1 customer u,2 customer_code s,3 number s,4 source s,5 date u,6 due u,7 lines m57*,8 charges m58*,9 note m0,10 salesperson s,11 approval U,12 buyer u,13 backfill b,14 total_minor I,15 currency s,16 reference s,730 opening b
CreditNoteLine,1 line u!,2 quantity I!
IssueCreditNote,1 customer u,2 customer_code s,3 invoice U,4 invoice_number s,5 credit m60*,6 lines m57*,7 charges m58*,8 number s,9 source s,10 date u,11 reason m0,12 backfill b,13 currency s,730 opening b
MatchPart,1 debit U!,2 credit U!,3 amount_minor I
MatchItems,1 customer u!,2 order e386,3 parts m62*,4 credits U*,5 date u
UndoMatch,1 customer u!,2 match U!,3 reason m0
TakePayment,1 customer u,2 customer_code s,3 kind e369!,4 amount_minor I!,5 money_account u,6 date u,7 number s,8 source s,9 reference s,10 payer m0,11 note m0,12 match e386,13 bills m66*,14 backfill b,15 currency s,240 round_off b
BillAmount,1 bill U,2 bill_number s,3 amount_minor I
ConfirmPayment,1 payment U!,2 confirmed b!,3 date u,4 reason m0
SellPaid,1 invoice m59!,2 payments m69*
PaidPart,1 kind e369!,2 amount_minor I,3 money_account u,4 reference s,5 payer m0
SetCashPolicy,1 unit_minor I,2 round_off_minor I,3 round_off_day_minor I,4 refund_alone_minor I,5 refund_any b,450 own_confirm_minor I,451 own_confirm_any b
RefundMoney,1 customer u,2 customer_code s,3 kind e369!,4 amount_minor I,5 money_account u!,6 credits U*,7 reason m0!,8 payee m0,9 reference s,10 date u
MoveMoney,1 from u!,2 to u!,3 amount_minor I!,4 fee_minor I,5 date u,6 reference s,7 note m0,8 arrived b
ConfirmMove,1 move U,2 number s
PutCash,1 money_account u!,2 amount_minor I!,3 out b,4 reason m0!
OpenTill,1 money_account u!,2 float_minor I!,3 reason m0
CountTill,1 money_account u!,2 counted_minor I!,3 counts u
CloseTill,1 money_account u!,2 reason m0,731 to_bank_minor I,732 bank_account u
ReverseDocument,1 document U,2 number s,3 reason m0,440 undo_import b
CorrectInvoice,1 document U!,2 reason m0,3 invoice m59!,280 clear e387*
CorrectPayment,1 document U!,2 reason m0,3 payment m65!,280 clear e387*
BeginRecovery,1 incarnation u!,2 incarnation_nonce y!,3 last_seq U!,180 begins u
StageOffer,1 id y!,2 command y!,3 incarnation u!,4 incarnation_nonce y!,5 receipt y!
ReportOffers,1 terminal u!
RecallNext,150 offer U,151 set_aside b
ApplyOffers
DeclineOffer,1 seq U!,2 reason m0!
CloseRecovery,1 unfinished b
SaveReport,1 report U,2 name s!,3 what m5!,4 shared b
RemoveReport,1 report U!
EraseCustomer,1 customer u,2 code s
Warning,1 kind e388!,2 amount_minor I,3 about U
Done,1 id U,2 number s,3 total_minor I,4 decision m4,5 warnings m91*,6 account m102,7 match U,8 matched_minor I,9 reversal U,10 reversal_number s,11 due u,12 job U,280 freed m93*,281 freed_minor I,282 freed_count u,240 paid_minor I,241 change_minor I,242 rounding_minor I,243 discount_minor I,244 payments m94*,245 expected_minor I,246 difference_minor I,247 on_its_way b,475 with_pin b,733 banked_number s
FreedMatch,1 document U!,2 number s,3 kind e367!,4 amount_minor I!,5 open_minor I!
PaidDone,1 kind e369!,2 payment U!,3 number s!,4 amount_minor I!,773 on_its_way b
Reply,1 seq U!,2 done m92,3 refused m3,20 receipt m96
SealedReceipt,1 incarnation u!,2 incarnation_nonce y!,3 receipt y!,4 mac y!
Receipt,1 seq U!,2 after U,3 at_ms I!,4 actor m99!,5 id U,6 number s,7 total_minor I,8 matched_minor I,9 settled m98*
Settled,1 what u!,2 about u,3 number U,4 text s
Actor,1 staff u,2 terminal u,3 branch u
LastChange,1 seq U!,2 kind e389!,3 number s,4 amount_minor I,5 actor m99,6 at_ms I
FamilyFigures,1 balance_minor I!,2 bills_minor I!,3 uncleared_minor I!,4 unmatched_minor I!,5 open_bills u!,6 sites u!
AccountRow,1 customer u!,2 balance_minor I!,3 used_minor I!,4 unlimited b!,5 limit_minor I!,6 available_minor I!,7 locked b!,8 bills_minor I!,9 uncleared_minor I!,10 unmatched_minor I!,11 open_bills u!,12 oldest_due u,13 buyers u!,14 last m100,15 seq U,16 overdue_minor I,400 payer u,401 payer_locked b,402 family m101,403 site_limit_minor I,404 site_binds b,405 freed_minor I
CustomerRow,1 customer u!,2 code s!,3 name m0!,4 phone m0,5 area s,6 groups u*,7 branch u,8 locked b,9 lock_reason m0,10 locked_until u,12 seq U,13 buyers m104*,14 term_days u,400 payer u,401 payer_code s,402 sites u,560 no_debt_on_slips b,620 buyers_only b,680 erased b,660 again u,661 again_owner u,662 contact_ms I,663 contact_by u,664 contact_result e363,665 noted_seq U,666 merged_into u,667 merged_code s
BuyerRow,1 buyer u!,2 name m0!,3 phone m0,4 cap_sale_minor I,5 cap_day_minor I,6 valid_until u,475 with_pin b
ApprovalRow,1 approval U!,2 customer u!,3 amount_minor I!,4 state e390!,5 asked_ms I!,6 expires_ms I!,7 asked_by m99,8 decided_by m99,9 decision m4,10 note m0,11 reason m0,12 seq U,13 approved_minor I,200 balance_minor I,201 lines u,202 goods s,203 over_minor I,204 document U,205 number s,206 used_by s,207 available_minor I,210 customer_code s,211 customer_name m0,212 asked_login s,213 branch_code s,214 decided_login s,784 decided_ms I,456 over_by_minor I,770 used_over_minor I
AlarmRow,1 alarm U!,2 customer u,3 document U,4 number s,5 kind e367,6 over_by_minor I,7 at_ms I!,8 actor m99,9 customer_code s,10 customer_name m0,11 login s,150 terminal u,151 what e379,152 incarnation u,153 terminal_name s,450 cash_minor I,457 difference_minor I,440 source s,441 documents U,404 site u,405 site_code s,620 staff u,621 staff_login s,622 undone U,623 short_minor I,771 undone_minor I,772 own_back_minor I,774 maker u,775 maker_login s,776 approval U
MoneyOfKind,1 kind e369!,2 amount_minor I,3 count u!
TotalsChange,1 seq U!,2 at_ms I!,3 amount_minor I!,4 kind e389,5 customer u,6 document U,7 number s,8 actor m99,9 login s
TotalsRow,1 branch u!,2 date u!,3 owed_minor I!,4 in_credit_minor I!,5 owing u!,6 bills_minor I!,7 bills u!,8 overdue_minor I!,9 overdue_bills u!,10 unmatched_minor I!,11 unmatched u!,12 unmatched_since_ms I,13 over_limit u!,14 over_limit_minor I!,15 sold_minor I!,16 sold u!,17 on_credit_minor I!,18 collected_minor I!,19 collected u!,20 collected_by_kind m107*,21 credited_minor I!,22 credited u!,23 refunded_minor I!,24 refunded u!,25 reversed_minor I!,26 reversed u!,30 last_owed m108,31 last_overdue m108,32 last_unmatched m108,33 last_sold m108,34 last_collected m108,40 seq U,620 group u,781 sold_hidden b
DecisionRow,1 decision U!,2 seq U!,3 kind e391!,4 at_ms I!,5 actor m99,6 login s,7 branch u,8 branch_code s,9 customer u,10 customer_code s,11 customer_name m0,12 amount_minor I,13 over_by_minor I,14 refusal e373,15 walls e373*,16 approval U,17 document U,18 number s,19 date u,20 discount_bp u,21 asked_login s,22 goods s,23 papers U,24 times u
Row,1 account m102,2 customer m103,3 approval m105,10 alarm m106,11 totals m109,12 decision m110
BranchRecord,1 branch u!,2 code s!,3 name s!,4 date u!,5 blocked b!,6 utc_offset_minutes i!,7 next_invoice u!,8 next_credit_note u!,9 next_payment u!,10 next_reversal u!,11 phone s,12 address s,20 marked m113,21 series_gaps u,170 matched_date u,171 matched U,240 next_refund u,241 next_money_move u
MarkedSeries,1 recovery u!,2 next_invoice u!,3 next_credit_note u!,4 next_payment u!,5 next_reversal u!,240 next_refund u,241 next_money_move u
CustomerRecord,1 customer u!,2 code s!,3 name m0!,4 phone m0,5 area s,6 nickname m0,7 tax_code m0,8 address m0,9 groups u*,10 term_days u,12 language s,13 source s,14 branch u,15 note m0,16 locked b!,17 lock_reason m0,18 locked_until u,19 locked_by m99,20 locked_ms I,21 buyers m118*,22 next_buyer u!,23 changed_seq U!,24 changes u!,220 opening_limit_minor I,400 payer u,401 sites u*,560 no_debt_on_slips b,620 buyers_only b,680 erased b,660 again m115*,661 contact_ms I,662 contact_by u,663 contact_result e363,664 noted_seq U,665 merge m116
AgainRecord,1 note U!,2 day u!,3 owner u!
MergeRecord,1 into u!,2 at_ms I!,3 actor m99!,4 was_site b,5 moved_minor I!,6 buyers u*,7 opening_limit_minor I
NoteRecord,1 note U!,2 text m0!,3 kind e362!,4 actor m99!,5 at_ms I!,6 date u!,7 again u,8 owner u,9 result e363,10 help e364,11 done_by m99,12 done_ms I
BuyerRecord,1 buyer u!,2 name m0!,3 phone m0,4 identity m0,5 cap_sale_minor I,6 cap_day_minor I,7 valid_until u,8 revoked b!,9 spent_date u,10 spent_minor I,475 pin U
FieldChange,1 field s!,2 old_value s,3 new_value s,4 old_text m0,5 new_text m0
ChangeRecord,1 seq U!,2 at_ms I!,3 actor m99!,4 fields m119*
GroupRecord,1 group u!,2 dimension s!,3 name s!,4 term_days u,5 limit m51,6 members u!
ProductRecord,1 product u!,2 code s!,3 name s!,4 unit s,5 price I,6 tax_bp u,7 brand s,8 colour s,9 model s,10 barcodes s*,11 serials b,12 retired b!,220 floor I,420 cost I,421 units m1*
PriceListRecord,1 list u!,2 code s!,3 name s!,4 groups u*,5 branches u*,6 retired b!,7 prices u!
MoneyAccountRecord,1 money_account u!,2 kind e392!,3 name s!,4 branch u,5 number s,6 bank s,7 bank_account u,8 retired b!,240 till_days u,241 open_since u,242 holds_minor I,243 coming_minor I
MoneyDayRecord,1 money_account u!,2 date u!,3 taken_minor I,4 taken u,5 refunded_minor I,6 in_minor I,7 out_minor I,8 received_minor I,9 sent_minor I,10 reversed_minor I,11 difference_minor I,12 name s
TillCount,1 counted_minor I!,2 expected_minor I!,3 actor m99!,4 at_ms I!
TillDayRecord,1 money_account u!,2 day u!,3 opened_date u!,4 opened_by m99!,5 opened_ms I!,6 float_minor I!,7 counts m126*,8 closed_date u,9 closed_by m99,10 closed_ms I,11 difference_minor I,12 reason m0,13 before m125,14 moved m125,450 opening_difference_minor I,451 opening_reason m0,734 banked_minor I
LimitEntry,1 terms m51!,2 began u!,3 seq U!
LimitRecord,1 terms m51!,2 seq U!,3 set_ms I!,4 set_by m99!,5 reason m0,6 withdrawn b,20 schedule m128*,21 clear e384*,22 ended U
Posting,1 account e371!,2 sub u,3 amount_minor I!,4 branch u!
DocumentLine,1 product u,2 code s,3 text s,4 quantity I!,5 price I!,6 discount_bp u,7 discount_minor I,8 net_minor I!,9 tax_bp u,10 tax_minor I,11 unit s,12 serials s*,13 credited_quantity I,420 unit_factor I,421 base_quantity I,422 price_list s,495 base_price I
DocumentCharge,1 title s!,2 amount_minor I!,3 tax_bp u,4 tax_minor I
DocumentRecord,1 document U!,2 kind e367!,3 number s!,4 customer u!,5 branch u!,6 date u!,7 due u,8 seq U!,9 recorded_ms I!,10 actor m99!,11 currency s!,12 total_minor I!,13 balance_minor I!,14 net_minor I,15 tax_minor I,16 lines m131*,17 charges m132*,18 postings m130*,19 decision m4,20 note m0,21 salesperson s,22 buyer u,23 source s,24 reference s,25 about U,26 backfill b,30 payment_kind e369,31 money_account u,32 payer m0,33 credited m60*,34 corrects U,40 counted_day u,240 rounding_minor I,241 discount_minor I,242 change_minor I,243 move e393,244 to_account u,245 fee_minor I,246 arrives e371,450 approved b,475 with_pin b,730 opening b,770 waits b
DocumentTailRecord,1 reversed_by U,2 corrected_by U,3 confirmed b,4 confirmed_date u,5 credited m60*,6 credited_minor I,7 credit_notes U*,20 unapproved_minor I,440 undone b
SavedReportRecord,1 report U!,2 name s!,3 what m5!,4 shared b!,5 staff u!,6 saved_ms I!
Query,1 company m138,2 branches m146,3 staff m148,4 terminals m151,5 groups m154,6 money_accounts m156,7 approvals m158,20 customer_card m162,21 customers m164,22 history m172,23 customer_changes m175,24 unpaid_bills m177,25 limits m180,26 unmatched_money m182,27 likely_doubles m189,40 products m191,41 product_card m193,50 document m203,51 documents m207,60 what_if m211,61 preview_match m213,70 aging m216,71 trial_balance m220,72 search m225,73 command m230,74 alarms m228,80 recovery m232,220 rights m236,300 try_command m240,200 approval m160,240 till_day m140,241 till_days m142,242 money_days m144,420 price_lists m199,421 prices m201,422 product_sales m196,520 money_in_by_day m242,521 due_by_week m245,522 top_exposures m248,523 branches_now m251,524 staff_day m254,525 totals m256,650 match_suggestions m185,651 books_on m223,680 report m258,681 saved_reports m261,660 notes m168,661 merge_preview m170,670 master_changes m264,671 rehearse m267
Answer,1 seq U!,2 company m139,3 branches m147,4 staff m150,5 terminals m153,6 groups m155,7 money_accounts m157,8 approvals m159,20 customer_card m163,21 customers m166,22 history m174,23 customer_changes m176,24 unpaid_bills m179,25 limits m181,26 unmatched_money m184,27 likely_doubles m190,40 products m192,41 product_card m194,50 document m206,51 documents m210,60 what_if m212,61 preview_match m215,70 aging m219,71 trial_balance m222,72 search m227,73 command m231,74 alarms m229,80 recovery m235,240 till_day m141,241 till_days m143,242 money_days m145,420 price_lists m200,421 prices m202,422 product_sales m198,90 refused m3,220 rights m239,300 try_command m241,200 approval m161,520 money_in_by_day m244,521 due_by_week m247,522 top_exposures m250,523 branches_now m253,524 staff_day m255,525 totals m257,650 match_suggestions m188,651 books_on m224,680 report m260,681 saved_reports m263,660 notes m169,661 merge_preview m171,670 master_changes m266,671 rehearse m272
CompanyView
CompanyAnswer,1 name s!,2 currency s!,3 exponent u!,4 rules_version u!,5 cash_customer u!,6 policy_version u!,7 policy m51!,8 term_days u,9 customers u!,10 owed_minor I!,20 credit_note_approve_minor I,21 own_reversal_minor I,200 own_approval e385,240 cash_unit_minor I,241 round_off_minor I,242 round_off_day_minor I,243 refund_alone_minor I,450 own_confirm_minor I,451 own_confirm_any b,580 country s,581 practice b,582 tax_bp u,583 paper_language s,670 policy_title s
TillDay,1 money_account u!,2 day u
TillDayAnswer,1 day m127!,2 expected_minor I,3 devices m125*
TillDays,1 money_account u!,2 page y,3 rows u
TillDaysAnswer,1 days m127*,2 next y
MoneyDays,1 date u,2 branch u,3 page y,4 rows u
MoneyDaysAnswer,1 days m125*,2 next y
BranchList,1 page y
BranchesAnswer,1 branches m112*,2 next y
StaffList,1 page y
StaffMember,1 staff u!,2 login s!,3 name m0,4 role e365!,5 branch u,6 blocked b!,7 has_password b!,8 has_pin b!
StaffAnswer,1 staff m149*,2 next y
TerminalList,1 branch u,2 page y
TerminalMember,1 terminal u!,2 branch u!,3 name s!,4 blocked b!,5 enrolled b!,6 not_after_ms I,7 connected b,8 staff u,500 browser b,501 seen_ms I,560 printer b,561 printer_state e374
TerminalsAnswer,1 terminals m152*,2 next y
GroupList,1 dimension s,2 page y
GroupsAnswer,1 groups m121*,2 next y
MoneyAccountList,1 page y
MoneyAccountsAnswer,1 money_accounts m124*,2 next y
ApprovalList,1 waiting_only b,2 page y,470 groups u*
ApprovalsAnswer,1 approvals m105*,2 next y
ApprovalView,1 approval U!
ApprovalAnswer,1 row m105!,2 draft m59,3 lines m131*,4 charges m132*,5 account m102,6 refusal m3
CustomerCard,1 customer u,2 code s
CustomerCardAnswer,1 row m103!,2 account m102!,3 record m114!,4 terms m51,5 terms_of e378,6 overdue_minor I,7 groups m121*,8 today u
CustomerList,1 group u,2 branch u,3 locked b,4 over_limit b,5 owing b,6 overdue b,7 text s,8 sort e395,9 rows u,10 page y,400 payer u,470 groups u*,660 in_credit b,661 unmatched b,662 calls e396,663 owner u,664 reverse b,665 skip u,666 count b
CustomerEntry,1 who m103!,2 account m102!
CustomersAnswer,1 rows m165*,2 next y,660 counts m167
ListCounts,1 all u!,2 over_limit u!,3 overdue u!,4 locked u!,5 in_credit u!,6 unmatched u!,7 calls_now u!,8 calls_all u!,9 listed u!,10 balance_minor I!,11 overdue_minor I!
NoteList,1 customer u,2 code s,3 page y,4 rows u
NotesAnswer,1 customer u!,2 notes m117*,3 next y
MergePreview,1 customer u,2 customer_code s,3 into u,4 into_code s
MergeAnswer,1 customer m165!,2 into m165!,3 buyers u!,4 balance_minor I!,5 unlimited b!,6 limit_minor I!,7 available_minor I!
CustomerHistory,1 customer u,2 code s,3 oldest_first b,4 rows u,5 page y,470 state e368,471 kind e367
HistoryRow,1 document U!,2 kind e367!,3 number s!,4 date u!,5 recorded_ms I!,6 amount_minor I!,7 total_minor I!,8 matched_minor I,9 open_minor I,10 due u,11 state e368!,12 running_minor I!,13 actor m99,14 payments u
HistoryAnswer,1 customer u!,2 balance_minor I!,3 rows m173*,4 next y,400 moved_minor I
CustomerChanges,1 customer u!,2 page y
CustomerChangesAnswer,1 changes m120*,2 next y
UnpaidBills,1 customer u,2 code s,3 page y
Bill,1 document U!,2 number s!,3 date u!,4 due u!,5 total_minor I!,6 open_minor I!,7 days_late i!,8 payments u!
BillsAnswer,1 customer u!,2 bills m178*,3 credits m178*,4 bills_minor I!,5 credits_minor I!,6 next y
LimitHistory,1 customer u!,2 page y
LimitsAnswer,1 limits m129*,2 next y,30 own_terms m128*
UnmatchedMoney,1 page y,2 rows u,470 groups u*
UnmatchedRow,1 customer u!,2 code s,3 name m0,4 document U!,5 number s!,6 open_minor I!,7 final b!,8 date u!,9 recorded_ms I!,470 payment_kind e369,471 payer m0,472 money_account u,650 reference s,651 branch u
UnmatchedMoneyAnswer,1 rows m183*,2 next y
MatchSuggestions,1 page y,2 rows u,3 customer u
SuggestedBill,1 document U!,2 number s!,3 due u!,4 open_minor I!,5 amount_minor I!
SuggestionRow,1 money m183!,2 reason e397,3 bills m186*,4 others b
MatchSuggestionsAnswer,1 rows m187*,2 next y
LikelyDoubles,1 name m0,2 phone m0,3 tax_code m0
LikelyDoublesAnswer,1 rows m165*
ProductList,1 text s,2 retired b,3 rows u,4 page y
ProductsAnswer,1 products m122*,2 next y
ProductCard,1 product u,2 code s,420 customer u,421 unit s,422 quantity I,423 date u
ProductCardAnswer,1 product m122!,420 prices m195*,421 applies m195
PriceRow,1 list s,2 list_name s,3 product u!,4 code s,5 product_name s,6 unit s,7 from_quantity I,8 valid_from u,9 price I,10 in_force b,11 coming b
ProductSales,1 from u,2 until u,3 branch u
ProductSalesRow,1 product u!,2 code s,3 name s,4 unit s,5 quantity I!,6 net_minor I!,7 cost_minor I,8 margin_minor I
ProductSalesAnswer,1 rows m197*,2 custom_minor I!,782 without_cash b
PriceListList,1 retired b
PriceListsAnswer,1 lists m123*
PriceListView,1 list s!,2 page y,3 rows u
PricesAnswer,1 list m123!,2 prices m195*,3 next y
DocumentView,1 document U,2 number s,3 kind e367,180 page y
Touch,1 match U!,2 other U!,3 other_number s,4 other_kind e367,5 amount_minor I!,6 date u!,7 undone b,8 payment_kind e369,9 left_minor I!
PaperLink,1 document U!,2 number s!,3 date u!,4 by s,5 reason m0
DocumentAnswer,1 document m133!,2 state e368!,3 open_minor I!,4 touches m204*,5 later m134,6 customer m103,7 days_late i,180 next y,280 about m205,281 corrects m205,282 reversed_by m205,283 corrected_by m205,284 credit_notes m205*,285 buyer_name m0,286 approved_by s,287 author s
DocumentList,1 customer u,2 branch u,3 kind e367,4 state e368,5 from u,6 to u,7 amount_minor I,8 source s,9 rows u,10 page y,280 oldest_first b,281 group u,282 salesperson s,283 staff u,284 from_minor I,285 to_minor I,286 payment_kind e369,471 groups u*,470 totals b,650 overdue b,651 text s,652 kinds e367*,653 money_account u,654 on_its_way b,655 by e398
DocumentTotal,1 kind e367!,2 count U!,3 total_minor I,4 open_minor I,5 reversed U,650 of u,760 in_minor I,761 out_minor I,762 money_minor I
DocumentRow,1 document U!,2 kind e367!,3 number s!,4 customer u!,5 date u!,6 due u,7 total_minor I!,8 open_minor I!,9 state e368!,10 branch u!,280 code s,281 name m0,282 salesperson s,283 author s,284 payment_kind e369,470 payer m0,471 money_account u,700 move e393,701 cash_minor I,650 reference s,651 on_its_way b,652 recorded_ms I,760 from_account u,762 into_account u,761 money_minor I
DocumentsAnswer,1 rows m209*,2 next y,470 totals m208*
WhatIf,1 customer u!,2 amount_minor I!,3 draft m59
WhatIfAnswer,1 decision m4!,2 refusal m3,3 total_minor I,420 lines m131*
PreviewMatch,1 match m63!,2 with_minor I
PreviewPart,1 debit U!,2 credit U!,3 amount_minor I!,4 left_minor I!,5 number s,6 due u
PreviewMatchAnswer,1 parts m214*,2 matched_minor I!,3 rest_minor I!,4 refusal m3
Aging,1 as_of u,2 bounds u*,3 customer u,4 group u,5 branch u,6 by_customer b,7 page y,8 known_seq U,9 by_document_date b,470 groups u*
AgingBucket,1 from_days i!,2 to_days i,3 amount_minor I!,4 items U!
AgingRow,1 customer u!,2 code s,3 name m0,4 buckets_minor I*,5 unmatched_minor I!,6 balance_minor I!
AgingAnswer,1 as_of u!,2 buckets m217*,3 unmatched_minor I!,4 balance_minor I!,5 rows m218*,6 next y,7 customers U!
TrialBalance,1 page y
GlTotal,1 account e371!,2 sub u,3 branch u!,4 amount_minor I!
TrialBalanceAnswer,1 totals m221*,2 sum_minor I!,3 balances_minor I!,4 balanced b!,5 next y
BooksOn,1 as_of u!,2 page y
BooksOnAnswer,1 totals m221*,2 papers U!,3 next y
Search,1 text s!,2 rows u,470 amounts_minor I*
SearchHit,1 customer m165,2 document m209,3 product m122,330 matched_field s,331 matched s
SearchAnswer,1 hits m226*
AlarmList,1 customer u,2 rows u,3 page y,470 groups u*
AlarmsAnswer,1 rows m106*,2 next y
CommandLookup,1 id y!
CommandAnswer,1 known b!,2 reply m95
RecoveryView,1 state e394,2 page y,3 rows u
OfferRow,1 seq U!,2 state e394!,3 kind u!,4 at_ms I!,5 actor m99!,6 number s,7 total_minor I,8 refusal m3,9 over_limit b,10 reason m0,11 back_seq U
UnheardTerminal,1 terminal u!,2 name s!
RecoveryAnswer,1 recovery u!,2 open b!,3 began_ms I,4 last_seq U,5 all_due b,6 waiting U,7 back U,8 differing U,9 refused U,10 declined U,11 terminals u,12 heard u,13 unheard m234*,14 offers m233*,15 next y,170 holes b
RightsView
RightRow,1 right e366!,2 roles e365*
ThresholdRow,1 threshold e372!,2 role e365!,3 most I,4 usual b!,5 applies b!
RightsAnswer,1 version u!,2 held b!,3 rights m237*,4 thresholds m238*
TryCommand,1 command m6!
TryAnswer,1 refusal m3
MoneyInByDay,1 until u,2 days u,3 branch u,4 page y
MoneyInDay,1 date u!,2 branch u!,3 kinds m107*
MoneyInByDayAnswer,1 days m243*,2 next y,3 from u!,4 until u!
DueByWeek,1 from u,2 weeks u,3 branch u,4 page y
DueWeek,1 from u!,2 amount_minor I!,3 bills u!
DueByWeekAnswer,1 from u!,2 overdue_minor I!,3 overdue_bills u!,4 weeks m246*,5 later_minor I!,6 later_bills u!,7 next y
TopExposures,1 rows u,2 branch u
ExposureRow,1 who m103!,2 account m102!,3 share_bp u!
TopExposuresAnswer,1 rows m249*
BranchesNow
BranchNow,1 branch u!,2 code s!,3 name s!,4 date u!,5 blocked b!,6 terminals u!,7 connected u,8 heard_ms I,9 tills u!,10 tills_open u!,11 tills_counted u!
BranchesNowAnswer,1 branches m252*
StaffDay,1 staff u,2 date u,3 page y
StaffDayAnswer,1 staff u!,2 date u!,3 sold_minor I!,4 sold u!,5 open_minor I!,6 collected m107*,7 credited_minor I!,8 credited u!,9 refunded u!,10 refunded_minor I,11 reversed u!,12 next y,735 paid_hidden b,780 sold_hidden b
TotalsView,1 recount b,620 group u
TotalsAnswer,1 rows m109*
Report,1 what m5!,2 page y
ReportRow,1 date u,2 branch u,3 staff u,4 customer u,5 kind e367,6 product u,7 payment_kind e369,8 document U,10 login s,11 code s,12 name m0,13 product_code s,14 product_name s,15 number s,20 count U!,21 sold_minor I,22 on_credit_minor I,23 credited_minor I,24 collected_minor I,25 net_minor I,26 tax_minor I,27 discount_minor I,28 open_minor I,29 overdue_minor I,30 quantity I,31 cost_minor I,32 margin_minor I,33 unmatched_minor I,34 balance_minor I,35 reversed U,36 corrected U,37 over_limit U,38 backdated U,39 written U,40 refunded_minor I,41 reversed_minor I,780 money_hidden b,781 sold_hidden b
ReportAnswer,1 rows m259*,2 next y,3 from u!,4 until u!,5 looked u!
SavedReports
SavedReportRow,1 report m135!,2 login s,3 mine b!
SavedReportsAnswer,1 reports m262*
MasterChanges,1 kind e399!,2 id U,3 rows u,4 page y
MasterChange,1 seq U!,2 at_ms I!,3 actor m99!,4 login s,5 before m6,6 after m6,7 prices u
MasterChangesAnswer,1 changes m265*,2 next y
Rehearse,1 command m6!,2 amount_minor I,3 rows u,4 page y
RehearsedCustomer,1 who m103!,2 stopped b!,3 before m4!,4 after m4!,5 code e373
RehearsedRight,1 right e366!,2 lost b!,3 others u!
RehearsedThreshold,1 threshold e372!,2 before I,3 after I,4 less b!
RehearsedPerson,1 staff u!,2 login s!,3 name m0,4 role e365!,5 rights m269*,6 thresholds m270*
RehearseAnswer,1 refusal m3,2 customers u!,3 stopped u!,4 freed u!,5 rows m268*,6 people m271*,7 people_less u,8 people_more u,9 next y,783 at_ms I,786 raised u,787 lowered u,788 unbounded u,789 raised_minor I,790 lowered_minor I
FromTerminal,1 request U,2 deadline_ms u,10 hello m275,11 login m283,12 use_token m284,13 switch_staff m285,14 logout m288,15 ping m290,16 submit m292,17 query y,18 subscribe m310,19 unsubscribe m311,20 set_password m294,475 set_buyer_pin m293,21 make_code m295,22 renew m298,23 server_status m316,40 audit_list m318,30 enrol m297,31 offer m279,32 offers_done m280,620 left_undone m287,500 enrol_browser m308,580 open_founding m303,581 found_company m305,540 watching m321,541 notice_settings m322,542 put_push m325,543 remove_push m326,544 set_notices m327,545 test_notice m328,560 print m331,561 take_print_job m333,600 import_open m337,601 import_piece m338,602 import_do m339,603 import_look m343,604 import_rejects m345
ToTerminal,1 request U,10 welcome m276,11 logged_in m286,15 pong m291,16 reply y,17 answer y,18 subscribed m313,19 snapshot_chunk m314,20 delta m315,21 code m296,22 enrolled m299,23 status m317,24 refused m3,25 goodbye m336,26 accepted m289,40 audit m320,500 challenge m300,501 browser_enrolled m309,580 founding_opened m304,581 founded m306,541 notices m323,545 notice_tested m329,560 printed m332,561 print_job m335,600 import_state m344,601 import_rejected m346
Hello,1 wire u!,2 program s,170 mark y,171 met u,172 met_nonce y,500 browser m307
Welcome,1 wire u!,2 company s!,3 currency s!,4 exponent u!,5 ledger y!,6 incarnation u!,7 seq U!,8 terminal u!,9 branch u!,10 terminal_name s!,11 branch_code s!,12 now_ms I!,13 date u!,14 renew b,15 heartbeat_ms u,16 program s,18 incarnation_nonce y,30 features y,31 recovery m277,170 mark y,470 utc_offset_minutes i,580 country s,581 practice b,582 tax_bp u,583 paper_language s,584 found_link s,171 mark_old b,560 printer e374
RecoveryNotice,1 recovery u!,2 open b!,3 began_ms I!,4 last_seq U!,5 offer_only b!,6 ended m278*
EndedIncarnation,1 incarnation u!,2 incarnation_nonce y!,3 last_seq U!
Offer,1 id y!,2 command y!,3 receipt m96!
OffersDone
Features,1 types m282*
FeatureType,1 numbers u*,2 types u*
Login,1 login s!,2 password s!
UseToken,1 token y!
SwitchStaff,1 login s!,2 pin s!
LoggedIn,1 staff u!,2 login s!,3 name m0,4 role e365!,5 token y!,6 expires_ms I!,7 rights e366*,220 other_branch s,620 password_by s,621 password_ms I,720 bound_branch u
LeftUndone,1 command s!,2 customer s,3 amount_minor I,4 made_ms I!,5 reason s!
Logout
Accepted
Ping,170 mark y
Pong,1 seq U!,2 now_ms I!,170 mark y,171 mark_old b,560 printer e374
SubmitCommand,1 id y!,2 command y!,475 buyer_pin m293
BuyerPin,1 customer u!,2 buyer u!,3 pin s
SetPassword,1 staff u,2 password s,3 pin s,4 old_password s
MakeCode,1 terminal u!
Code,1 code s!,2 expires_ms I!
Enrol,1 code s!,2 request s!,3 program s
Renew,1 request s!
Enrolled,1 certificate s!,2 terminal u!,3 name s!,4 company s!,5 not_after_ms I!,6 root_hash y!
Challenge,1 nonce y!,2 ledger y!,3 incarnation u!,4 incarnation_nonce y,5 program s,580 founding m301
Founding,1 countries m302*
Country,1 code s!,2 currency s!,3 exponent u!,4 tax_bp u!,5 language s!,6 zone s!
OpenFounding,1 secret s!,2 origin s!,720 browser y
FoundingOpened,1 recovery s!,2 login s!,720 others u
FoundCompany,1 secret s!,2 company s!,3 country s!,4 currency s!,5 tax_bp u!,6 paper_language s!,7 utc_offset_minutes i!,8 branch_code s!,9 branch_name s!,10 owner s!,11 pin s!,12 key y!,13 signature y!,14 origin s!,15 program s
Founded,1 terminal u!,2 name s!,3 branch u!
BrowserProof,1 terminal u!,2 signature y!,3 origin s!
EnrolBrowser,1 code s!,2 key y!,3 signature y!,4 origin s!,5 program s
BrowserEnrolled,1 terminal u!,2 name s!,3 company s!,4 ledger y!,5 branch u!,6 branch_code s!
Subscribe,1 subscription u!,2 topic e400!,3 customers u*,4 resume m312
Unsubscribe,1 subscription u!
Resume,1 ledger y!,2 incarnation u!,3 seq U!,4 incarnation_nonce y
Subscribed,1 subscription u!,2 resumed b!,3 seq U!,4 ledger y!,5 incarnation u!,6 incarnation_nonce y
SnapshotChunk,1 subscription u!,2 seq U!,3 rows m111*,4 last b!
Delta,1 subscription u!,2 prev U!,3 this U!,4 rows m111*,5 committed_ms I
ServerStatus
StatusAnswer,1 version s!,2 seq U!,3 rules_version u!,4 sessions u!,5 uptime_ms U!,6 commands U!,7 batches U!,8 journal_bytes U!,9 state_bytes U!,10 state_map_bytes U!,11 disk_free_bytes U!,12 last_backup_ms I,13 read_only b,14 read_only_reason s,15 server_certificate_ends_ms I,16 clock_offset_ms I,17 loop_lag_ms u,18 reader_lag U,19 disk_days_left u,20 slots u,21 turned_away U,22 busy U,23 not_reading u,30 journal_slow_ms u,31 recovery u,32 offers_waiting U,33 offers_not_back U,34 terminals_unheard u,40 audit_line U,41 audit_seal s,160 state_rebuilt s,161 texts_unreadable U,162 follower_seq U,163 follower_lag_ms U,140 clock_alarm s,141 date_alarm s,142 root_certificate_ends_ms I,143 certificate_alarm s,530 web_certificate_ends_ms I,170 terminal_alarms s*,171 terminals_alarmed u,720 ledger_folder s,722 copies_at s,721 listens s
AuditList,1 rows u,2 before U,680 staff u,681 terminal u,682 event s,683 from_ms I,684 until_ms I,685 about s
AuditLine,1 line U!,2 at_ms I!,3 event s!,4 staff u,5 login s,6 terminal u,7 terminal_name s,8 carrier s,9 address s,10 about s,11 left_out U,12 changed b
AuditAnswer,1 lines m319*,2 next U
Watching,1 active b!
NoticeSettings
NoticeSettingsAnswer,1 push b!,2 phone b!,3 push_key y,4 devices m324*,5 devices_most u!,6 phone_number s,7 quiet_from u,8 quiet_until u
PushDevice,1 terminal u!,2 name s,3 since_ms I!,4 here b!
PutPush,1 endpoint s!,2 point y!,3 auth y!,4 language s!
RemovePush,1 terminal u
SetNotices,1 phone s,2 quiet_from u,3 quiet_until u,4 language s!
TestNotice
NoticeTested,1 results m330*
NoticeTestResult,1 terminal u,2 result e401!,3 status u
Print,1 document U!,2 copy b,3 drawer b,4 without_debt b,5 language s
Printed,1 outcome e402!,2 text s,3 copy b,4 printer u,720 silent b
TakePrintJob,1 state e374!,2 result m334
PrintResult,1 job U!,2 outcome e402!,3 text s,4 copy b,720 silent b
PrintJob,1 job U!,2 document m206!,3 owed_minor I,4 owed_before_minor I,5 branch_name s,6 terminal_name s,7 utc_offset_minutes i,8 copy b,9 drawer b,10 language s,11 change_minor I,720 buyer_tax_code m0
Goodbye,1 reason s!,2 refused m3,3 retry_ms u
ImportOpen,600 name s!,601 size U!,602 digest y!
ImportPiece,600 import U!,601 offset U!,602 data y!
ImportDo,600 import U!,601 action e404!,602 kind e403,603 settings m340*,604 columns m341*,605 edits m342*
ImportSetting,600 name s!,601 value s
ImportColumn,600 field s,601 header s,602 guessed b,603 of_money b
ImportEdit,600 line U!,601 column u!,602 text s!
ImportLook,600 import U
ImportState,600 import U!,601 name s,602 size U,603 received U,604 working e404,605 report y,606 ended e404,607 killed b,608 waits_for u,609 rejected_bytes U,610 revision U,611 asked y
ImportRejects,600 import U!,601 offset U!
ImportRejected,600 data y!,601 size U!
ImportReport,600 action e404!,601 done b!,602 failure s,603 question m349,604 looked m351,605 result m355,606 progress m348,607 undone m361
ImportProgress,600 done U!,601 rows U!,602 at U!,603 size U!,604 ms U!,605 weighing b
ImportQuestion,600 asked e405!,601 words s!,602 example s,603 readings m350*
ImportReading,600 answer s!,601 shown s,602 amount_minor I,603 date u
ImportLooked,600 kind e403!,601 kinds e403*,602 format s,603 sheets s*,604 sheet s,605 encoding s,606 delimiter s,607 decimal s,608 dates s,609 columns m341*,610 fields m352*,611 rows m353*,612 header_line U,613 source s,614 as_of u
ImportField,600 name s!,601 required_here b
ImportRow,600 line U!,601 cells m354*
ImportCell,600 text s!,601 read s,602 wrong b,603 amount_minor I,604 date u
ImportResult,600 rows U!,601 rejected_rows U!,602 sent U!,603 there U!,604 changed U,605 conflicts U,606 customers_made U,607 products_made U,608 money b,609 clear_minor I,610 need_minor I,611 need_unread U,612 ledger_minor I,613 ledger_documents U,614 totals_minor I,615 totals U,616 totals_example s,617 left_out s,618 nothing_owed U,619 first_date u,620 last_date u,621 ms U,622 reasons m359*,623 needs m360*,624 source s,625 doubles m358*,750 changes m356*
ImportChange,750 line U!,751 label s!,752 differences m357*
ImportDifference,753 field s!,754 there s!,755 here s!
ImportDouble,600 line U!,601 label s!,602 other_line U,603 other s!,604 other_code s,605 by_phone b,606 same m342*
ImportReason,600 why s!,601 count U!,602 line U!,603 field s
ImportNeed,600 line U!,601 why s!,602 field s,603 column u,604 text s,605 label s,606 amount_minor I,607 readings m350*
ImportUndone,600 documents U!,601 done U!,602 gone U!,603 refused U!,604 reasons m359*
NoteKind
CallResult
NoteHelp
Role
Right
DocumentKind
DocumentState
PaymentKind
ExcessPolicy
PostingAccount
Threshold
RefusalCode
PrinterState
WayOutKind
ReadOnlyCause
Verdict
LimitSource
TerminalAlarm
ReportSource
ReportBy
ReportSpan
ReportOdd
TermField
OwnApproval
MatchOrder
PaperField
WarningKind
EventKind
ApprovalState
DecisionKind
MoneyAccountKind
MoneyMoveKind
OfferState
CustomerSort
ListCalls
MatchReason
DocumentsBy
MasterKind
Topic
NoticeResult
PrintOutcome
ImportKind
ImportAction
ImportAsked`;
