import CCurl
import CCurlShims
import Foundation
import Identity
import Synchronization

/// One mail on its way to the server. libcurl blocks while it waits for the last answer, so each has a thread of its own.
final class SMTPTransfer {
    private let handle: UnsafeMutableRawPointer
    private let message: [UInt8]
    private let isCalledOff: @Sendable () -> Bool
    private let timeout: Int64
    private let patience: Int64
    /// Until when what is being done may last. It moves on with the conversation, which no limit of libcurl's does.
    private var end = ContinuousClock.now
    private var hasRunOut = false
    private var sent = 0
    private var dialogue = SMTPDialogue()
    private var recipients: UnsafeMutablePointer<curl_slist>?

    init(
        _ mail: OutgoingMail, to server: SMTPServer, isCalledOff: @escaping @Sendable () -> Bool
    ) throws(MailFault) {
        guard Curl.isReady, let handle = curl_easy_init() else {
            throw MailFault(.unreachable, detail: "out of memory")
        }
        self.handle = handle
        self.isCalledOff = isCalledOff
        message = mail.message
        timeout = server.timeout
        patience = max(server.patience, server.timeout)
        guard set(server), set(mail, from: server) else {
            throw MailFault(.unreachable, detail: "libcurl refuses an option")
        }
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(recipients)
    }

    /// Blocks until it is over.
    func run() -> (dialogue: SMTPDialogue, fault: MailFault?) {
        end = .now + .seconds(timeout)
        let result = curl_easy_perform(handle)
        let fault = dialogue.fault(
            hasRunOut && result == CURLE_ABORTED_BY_CALLBACK ? CURLE_OPERATION_TIMEDOUT : result)
        if fault == nil { dialogue.isOver() }
        return (dialogue, fault)
    }

    private func set(_ server: SMTPServer) -> Bool {
        let isPlain = server.encryption == .none
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)), (CURLOPT_NETRC, 0),
            (CURLOPT_USE_SSL, Int((isPlain ? CURLUSESSL_NONE : CURLUSESSL_ALL).rawValue)),
            // The last resort: `end` says it sooner.
            (CURLOPT_TIMEOUT_MS, Int(clamping: timeout + patience) * 1000),
            (CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: min(10, server.timeout)) * 1000),
            // Without it a server that does not answer our farewell is waited for longer than for anything else.
            (CURLOPT_SERVER_RESPONSE_TIMEOUT, Int(clamping: server.timeout)),
            // A connection that was kept may be dead without our knowing.
            (CURLOPT_FRESH_CONNECT, 1), (CURLOPT_FORBID_REUSE, 1),
        ]
        var texts = [
            (CURLOPT_URL, server.url), (CURLOPT_PROTOCOLS_STR, server.scheme), (CURLOPT_PROXY, ""),
        ]
        if let authorities = server.authorities { texts.append((CURLOPT_CAINFO, authorities)) }
        if let signIn = server.signIn {
            texts += [
                (CURLOPT_USERNAME, signIn.user), (CURLOPT_PASSWORD, signIn.password.text),
                // Over TLS nothing is gained by the older ways of proving a password.
                (CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN"),
            ]
        }
        return numbers.allSatisfy { martlet_curl_set_long(handle, $0.0, $0.1) == CURLE_OK }
            && texts.allSatisfy { martlet_curl_set_text(handle, $0.0, $0.1) == CURLE_OK }
    }

    /// Both addresses are parsed ones: nothing in them could end a command (IN12).
    private func set(_ mail: OutgoingMail, from server: SMTPServer) -> Bool {
        guard let list = curl_slist_append(nil, "<\(mail.to)>") else { return false }
        recipients = list
        let me = Unmanaged.passUnretained(self).toOpaque()
        return martlet_curl_set_text(handle, CURLOPT_MAIL_FROM, "<\(mail.from)>") == CURLE_OK
            && martlet_curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients) == CURLE_OK
            && martlet_curl_set_upload_size(handle, curl_off_t(message.count)) == CURLE_OK
            && martlet_curl_set_reader(handle, Self.reader, me) == CURLE_OK
            && martlet_curl_set_tracer(handle, Self.tracer, me) == CURLE_OK
            && martlet_curl_set_progress(handle, Self.progress, me) == CURLE_OK
            && martlet_curl_set_writer(handle, Self.writer, me) == CURLE_OK
    }

    private static func transfer(_ context: UnsafeMutableRawPointer?) -> SMTPTransfer? {
        context.map { Unmanaged<SMTPTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private static let reader: curl_read_callback = { buffer, size, count, context in
        guard let buffer, let transfer = transfer(context) else { return 0 }
        let (room, overflow) = size.multipliedReportingOverflow(by: count)
        let chunk = transfer.message.dropFirst(transfer.sent).prefix(overflow ? 0 : room)
        guard !chunk.isEmpty else {
            transfer.hasHandedOver()
            return 0
        }
        UnsafeMutableRawBufferPointer(start: buffer, count: chunk.count).copyBytes(from: chunk)
        transfer.sent += chunk.count
        if transfer.sent == transfer.message.count { transfer.hasHandedOver() }
        return chunk.count
    }

    /// Everything spoken passes here, secrets of the sign-in included; what is kept is told at `SMTPDialogue`.
    private static let tracer: curl_debug_callback = { _, kind, bytes, count, context in
        guard let bytes, let transfer = transfer(context) else { return 0 }
        let line = UnsafeRawBufferPointer(start: bytes, count: count)
        switch kind {
        case CURLINFO_HEADER_IN: transfer.heard(line)
        case CURLINFO_HEADER_OUT: transfer.dialogue.said(line)
        case CURLINFO_SSL_DATA_OUT: transfer.dialogue.encrypted()
        default: break
        }
        return 0
    }

    private static let progress: curl_xferinfo_callback = { context, _, _, _, _ in
        guard let transfer = transfer(context) else { return 0 }
        if transfer.end <= .now { transfer.hasRunOut = true }
        return transfer.hasRunOut || transfer.isCalledOff() ? 1 : 0
    }

    private func hasHandedOver() {
        dialogue.hasHandedOver()
        allow(patience)
    }

    private func heard(_ line: UnsafeRawBufferPointer) {
        let wasTaken = dialogue.isTaken
        dialogue.heard(line)
        // What is left is the farewell, for which nobody waits long.
        if dialogue.isTaken, !wasTaken { allow(timeout) }
    }

    /// From now on. libcurl keeps a limit of its own for each answer, and reads it anew while it waits.
    private func allow(_ seconds: Int64) {
        end = .now + .seconds(seconds)
        _ = martlet_curl_set_long(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, Int(clamping: seconds))
    }

    /// There is nothing to receive.
    private static let writer: curl_write_callback = { _, size, count, _ in size * count }
}
