import OAuth

extension Finding {
    /// One answer to the person, whichever it was; an operator finds the reason among the security events.
    package static func mailProofDead(_ purpose: MailProof.Purpose) -> Finding {
        Finding(
            .mailProof, seen: "a link or code that is unknown, used, expired or overtaken (not shown)",
            expected: .known("the newest mail of the purpose \(purpose.rawValue), used once within 10 minutes"),
            repair: """
                The person asks for a new mail on the page. Links that mail programs open by themselves are not spent by \
                that; what happened to each stands in martlet audit --kind mail_proof_refused.
                """)
    }

    package static let mailCodeWrong = Finding(
        .mailProof, seen: "a code that was not sent to this browser (not shown)",
        expected: "the code of the newest mail, in the browser that asked for it",
        repair: "The person compares it with the newest mail, or opens the link in it.")

    package static let mailCodeLocked = Finding(
        .mailProof, seen: "too many wrong codes", expected: "five tries for a mail, ten an hour for an address",
        repair: "The link in the mail still works, and a new mail has a new code.")
}
