import CCurl
import Identity

/// What the end of a conversation means for the mail.
extension SMTPDialogue {
    /// `nil` when the mail was taken.
    func fault(_ result: CURLcode) -> MailFault? {
        // Whatever happened after their word, the mail is theirs.
        guard !isTaken else { return nil }
        return switch result {
        case CURLE_OK: nil
        case CURLE_ABORTED_BY_CALLBACK: MailFault(.interrupted, detail: detail)
        case CURLE_USE_SSL_FAILED, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CIPHER:
            MailFault(.notSecure, detail: Self.words(result), reply: reply)
        case CURLE_OPERATION_TIMEDOUT:
            MailFault(lateness, detail: detail, reply: reply)
        case CURLE_LOGIN_DENIED: MailFault(.notAdmitted, code: code, detail: detail, reply: reply)
        default: MailFault(cause, code: code, detail: code == nil ? Self.words(result) : detail, reply: reply)
        }
    }

    private var lateness: MailFault.Cause {
        switch stage {
        case .connecting: .unreachable
        case .greeting, .encrypting, .signingIn, .naming, .addressing, .handingOver: .timedOut
        case .ending, .done: .unanswered
        }
    }

    /// Of a conversation that ended before its time.
    private var cause: MailFault.Cause {
        let isRefusal = (500...599).contains(code ?? 0)
        switch stage {
        case .connecting, .greeting, .encrypting: return .unreachable
        case .signingIn: return .notAdmitted
        case .naming: return isRefusal ? .notAdmitted : .deferred
        // A connection that is lost here may have left the mail there; the same one is sent again (RFC 5321 §4.5.3.2.6).
        case .addressing, .handingOver, .ending, .done:
            guard isRefusal else { return .deferred }
            return SMTPRefusal(reply ?? "").isAboutThisMail ? .refused : .notAdmitted
        }
    }

    private var detail: String {
        switch stage {
        case .connecting: "while connecting"
        case .greeting: "at the greeting"
        case .encrypting: "at STARTTLS"
        case .signingIn: "at the sign-in"
        case .naming: "at the sender's address"
        case .addressing: "at the recipient's address"
        case .handingOver: "while handing the mail over"
        case .ending, .done: "at the end of the mail"
        }
    }

    private static func words(_ result: CURLcode) -> String {
        switch result {
        case CURLE_USE_SSL_FAILED: "the server does not offer STARTTLS"
        default: String(cString: curl_easy_strerror(result))
        }
    }
}
