import Identity
import OAuth

extension Finding {
    /// - Parameter fault: `nil` where it was only looked at, which does not ask what became of it.
    static func staffLinkDead(_ fault: MagicLinkFault? = nil) -> Finding {
        Finding(
            .mailProof, seen: seen(of: fault),
            expected: .known(
                """
                the newest link that staff made for somebody who administers nothing, used once within \
                \(StaffLinks.lifetime / 60) minutes
                """),
            repair: """
                martlet user link ADDRESS makes a new one; what became of links that were pressed stands in martlet audit \
                --kind mail_proof_refused.
                """)
    }

    private static func seen(of fault: MagicLinkFault?) -> ShownText {
        switch fault {
        case .reused: "a link of staff that was used (not shown)"
        case .expired: "a link of staff that has run out (not shown)"
        case .superseded: "a link of staff overtaken by a newer one, a sign-in, or a change of the account (not shown)"
        case .gate: "a link of staff for somebody who has become an administrator (not shown)"
        case .noBrowser, .wrongCode, .locked, .unknown: "a link that staff did not make (not shown)"
        case nil: "a link of staff that is unknown, used, expired or overtaken (not shown)"
        }
    }
}
