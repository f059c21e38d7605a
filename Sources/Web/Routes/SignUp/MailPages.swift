import HTTPTypes
import Identity
import JSON
import OAuth

/// Where somebody types the code of a mail that was just sent.
struct MailCodePage {
    let onward: Onward
    var reference = ""
    var isSentAgain = false
    /// Seconds.
    var lifetime = MailProofs.lifetime
    private(set) var finding: Finding?
    private var codeError: String?

    init(onward: Onward, reference: String = "") {
        self.onward = onward
        self.reference = reference
    }

    mutating func sayWrong(_ left: Int64, _ catalogue: Catalogue) {
        finding = .mailCodeWrong
        codeError = catalogue.text(left == 1 ? "mail_code.wrong_one" : "mail_code.wrong", ["count": String(left)])
        if left < 1 { codeError = catalogue.text("mail_code.locked") }
    }

    mutating func sayLocked(_ catalogue: Catalogue) {
        finding = .mailCodeLocked
        codeError = catalogue.text("mail_code.locked")
    }

    func context(_ purpose: MailProof.Purpose, address: String?, _ rooms: Rooms) -> [String: Any] {
        let catalogue = rooms.pages.catalogue
        let key = "mail_code.\(purpose.rawValue)"
        // Whether a mail to sign in with goes is for its reader alone to know.
        let sent = purpose == .magicLink ? key : "mail_code"
        var context: [String: Any] = [
            "action": purpose.codePath, "onward": onward.fields,
            "heading": catalogue.text("\(key).heading"), "button": catalogue.text("\(key).button"),
            "sentence": address.map { catalogue.text("\(sent).sent_to", ["email": $0]) }
                ?? catalogue.text("\(sent).sent"),
            "lifetime": catalogue.text("mail_code.lifetime", ["minutes": String(lifetime / 60)]),
        ]
        if isSentAgain { context["notice"] = catalogue.text("mail_code.again") }
        context["codeError"] = codeError
        if let codeError {
            context["error"] =
                [
                    "summary": catalogue.text("error.summary.form"), "fields": [["id": "code", "message": codeError]],
                    "reference": reference,
                ] as [String: Any]
        }
        return context
    }
}

/// Where the link of a mail leads: one button in the browser that asked, a password to choose in any other.
struct MailLinkPage {
    private let purpose: MailProof.Purpose
    private let proof: MailProof
    private let isHere: Bool
    private let reference: String
    var onward = Onward.account
    var name: String
    private(set) var status = HTTPResponse.Status.ok
    private(set) var retryAfter: Int64?
    private(set) var finding: Finding?
    private var summary: String?
    private var faults: [(field: String, sentence: String)] = []
    private var password: PasswordProblem?

    init(_ purpose: MailProof.Purpose, _ proof: MailProof, isHere: Bool, reference: String = "") {
        self.purpose = purpose
        self.proof = proof
        self.isHere = isHere
        self.reference = reference
        // Only a suggestion: whoever typed it might be somebody else.
        name = proof.detail["name"]?.stringValue ?? ""
    }

    mutating func say(_ problems: [AccountProblem], _ texts: AccountProblemTexts) {
        status = .unprocessableContent
        finding = .newPasswordRefused
        faults = problems.map { ($0.field.name, texts.sentence($0)) }
        password = problems.passwordProblem
        summary = texts.catalogue.text("error.summary.form")
    }

    mutating func sayBusy(_ seconds: Int64, _ catalogue: Catalogue) {
        status = .serviceUnavailable
        retryAfter = seconds
        finding = .passwordsBusy
        summary = catalogue.text("sign_in.busy")
    }

    func context(_ rooms: Rooms) -> [String: Any] {
        let catalogue = rooms.pages.catalogue
        let key = "mail_link.\(purpose.rawValue)"
        let place = isHere ? "here" : "elsewhere"
        var context: [String: Any] = [
            "onward": onward.fields, "email": proof.address.typed, "isHere": isHere, "isElsewhere": !isHere,
            "asksName": !isHere && purpose == .signUp, "name": name,
            "heading": catalogue.text("\(key).heading"), "sentence": catalogue.text("\(key).\(place)"),
            "button": catalogue.text("\(key).\(place)_button"),
            // What the other browser brought along is not this one's.
            "asksNothing": !isHere && purpose == .upstream,
        ]
        context.merge(NewPasswordField(rooms.writer).context(password)) { $1 }
        for fault in faults { context[fault.field + "Error"] = fault.sentence }
        if let summary {
            let fields = faults.map { ["id": $0.field, "message": $0.sentence] }
            context["error"] = ["summary": summary, "fields": fields, "reference": reference] as [String: Any]
        }
        return context
    }
}

extension MailProof.Purpose {
    /// Where its code is typed.
    var codePath: String { self == .upstream ? "/upstream/code" : "/\(pathSegment)/code" }
}
