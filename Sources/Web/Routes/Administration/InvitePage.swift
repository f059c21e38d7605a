import Identity
import OAuth

/// What was typed on the page of invitations, and what is said of it.
struct InvitePage: Sendable {
    /// Of those that wait; more are told of by the command and the API.
    static let mostWaiting = 100

    var email = ""
    var name = ""
    var roles = ""
    var reason = ""
    var invited = ""
    var withdrawReason = ""
    var faults: [String] = []
    var notice: String?
    /// Seconds, when it was too much.
    var retryAfter: Int64?

    /// The field that a fault stands at.
    private static func field(of fault: String) -> String {
        switch fault {
        case "taken", "throttled": "email"
        case "none": "invited"
        default: fault
        }
    }

    func context(_ catalogue: Catalogue, _ waiting: [Invitation], _ visit: Visit) -> [String: Any] {
        let told = faults.map { (field: Self.field(of: $0), text: catalogue.text("admin.invite.\($0)")) }
        let time = TimeText(catalogue: catalogue, now: visit.now)
        var context: [String: Any] = [
            "onInvite": true, "email": email, "name": name, "roles": roles, "reason": reason, "invited": invited,
            "withdrawReason": withdrawReason, "hasWaiting": !waiting.isEmpty,
            "waiting": waiting.prefix(Self.mostWaiting).map { one in
                var line = ["email": one.address.typed, "until": time.future(one.expiresAt)]
                if !one.roles.isEmpty { line["meant"] = one.roles.map(PersonTexts.role).joined(separator: ", ") }
                return line
            },
        ]
        // Also when what was to be taken back was the last: the form comes back with what was typed.
        context["canWithdraw"] =
            !waiting.isEmpty || told.contains { $0.field == "invited" || $0.field == "withdraw_reason" }
        if waiting.count > Self.mostWaiting { context["more"] = catalogue.text("admin.invitations.more") }
        context["notice"] = notice
        for fault in told { context[fault.field + "Error"] = fault.text }
        if !told.isEmpty {
            let fields = told.map { ["id": $0.field, "message": $0.text] }
            context["error"] =
                ["summary": catalogue.text("error.summary.form"), "fields": fields, "reference": visit.reference]
                as [String: Any]
        }
        return context
    }
}
