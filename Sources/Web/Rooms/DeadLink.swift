import HTTPTypes
import Identity
import OAuth

extension Rooms {
    /// The one page for every link or code from a mail that is good for nothing: unknown, used, expired, superseded,
    /// of another purpose, overtaken. It keeps the paused request and says how to get a new mail.
    func deadLink(
        _ purpose: MailProof.Purpose, _ onward: Onward, _ visit: Visit, _ guest: Guest, because finding: Finding? = nil
    ) throws -> Reply {
        let catalogue = pages.catalogue
        let key = "dead_link.\(purpose.rawValue)"
        let heading = catalogue.text("dead_link.heading")
        var context: [String: Any] = [
            "heading": heading, "sentence": catalogue.text("dead_link.sentence"),
            "advice": catalogue.text("\(key).advice"), "againText": catalogue.text("\(key).again"),
            "againURL": onward.address(purpose.beginning), "reference": visit.reference,
        ]
        if purpose.beginning != "/sign-in" { context["signInURL"] = onward.address("/sign-in") }
        var reply = try writer.reply("dead-link", title: heading, context, status: .notFound, manner: .secretPage)
        reply.examination = Examination(
            finding ?? .mailProofDead(purpose), in: Course.mailProof, established: Established(guest))
        return welcome(guest, reply)
    }
}

extension MailProof.Purpose {
    /// Where one asks for such a mail.
    fileprivate var beginning: String {
        switch self {
        case .signUp: "/sign-up"
        case .verification: "/sign-in"
        case .recovery: "/recovery"
        case .addressChange: "/account/address"
        case .freshness: Rooms.confirmationPath
        case .magicLink: "/magic-link"
        case .staffLink: "/sign-in"
        case .upstream: "/upstream/address"
        case .secondFactor, .factorRecovery: SecondFactorPath.prove
        }
    }
}
