import HTTPTypes
import Identity
import JSON
import Logging
import OAuth

extension Reception {
    /// Any error as a reply: JSON for clients, a page for people, and in the log what really happened.
    /// Nothing of an unexpected error is told outside (CF5).
    func refusal(_ error: any Error, _ visit: Visit, _ manner: Manner) -> Reply {
        if case .api = manner { return clientRefusal(error, visit) }
        return pageRefusal(error, visit)
    }

    private func clientRefusal(_ error: any Error, _ visit: Visit) -> Reply {
        if let error = error as? OAuthError {
            return ErrorReplies.json(error, hasCredentials: visit.headers[.authorization] != nil || !visit.body.isEmpty)
        }
        if let problem = error as? PageProblem {
            let error = OAuthError.invalidRequest("the request has a method or content type that is not accepted here")
            var reply = ErrorReplies.json(error, hasCredentials: true)
            reply.status = problem.status
            return reply
        }
        logUnexpected(error, visit)
        let answer =
            Self.isOutage(error)
            ? OAuthError(.temporarilyUnavailable, "try again in a moment (reference \(visit.reference))", retryAfter: 2)
            : OAuthError(.serverError, "something went wrong here (reference \(visit.reference))")
        return ErrorReplies.json(answer, hasCredentials: true)
    }

    private func pageRefusal(_ error: any Error, _ visit: Visit) -> Reply {
        let problem: PageProblem
        switch error {
        case let known as PageProblem: problem = known
        case let known as OAuthError: problem = PageProblem(.badRequest, "invalid_request", detail: known.sentence)
        default:
            logUnexpected(error, visit)
            problem =
                Self.isOutage(error)
                ? PageProblem(.serviceUnavailable, "unavailable", retryAfter: 2)
                : PageProblem(.internalServerError, "server_error")
        }
        logger.notice(
            "page refused",
            metadata: [
                "reference": "\(visit.reference)", "path": "\(table.loggable(visit.path))",
                "problem": "\(problem.text)",
                "detail": "\(problem.detail ?? "")", "seen": "\(problem.seen ?? "")",
                "status": "\(problem.status.code)",
            ])
        guard let reply = try? rooms.writer.reply(problem, reference: visit.reference) else {
            return Reply(
                problem.status, headers: [.contentType: "text/plain; charset=utf-8"], body: Array(visit.reference.utf8))
        }
        return reply
    }

    /// 413 for a body that was not read to its end.
    func tooLarge(target: String, headers: HTTPFields, peer: String?) -> Reply {
        let path = String(target.prefix { $0 != "?" })
        let manner = table.route(path)?.manner ?? .page
        let visit = Visit(
            method: .post, path: path, query: nil, headers: headers, body: [],
            network: proxies.network(peer: peer, headers: headers), reference: reference(), now: rooms.clock.now,
            logger: logger)
        var reply = refusal(PageProblem(.contentTooLarge, "too_large"), visit, manner)
        ResponseHeaders(isSecure: rooms.settings.isSecure).complete(&reply, manner: manner, reference: visit.reference)
        log(reply, visit)
        return reply
    }

    /// Storage and the hashing threads say themselves when waiting may help.
    private static func isOutage(_ error: any Error) -> Bool {
        (error as? any Outage)?.isTemporary == true || error is PasswordHasher.Busy || error is PasswordHasher.Stopped
    }

    private func logUnexpected(_ error: any Error, _ visit: Visit) {
        logger.error(
            "unexpected error",
            metadata: [
                "reference": "\(visit.reference)", "path": "\(table.loggable(visit.path))", "error": "\(error)",
            ])
    }

    func log(_ reply: Reply, _ visit: Visit) {
        let level: Logger.Level = reply.status.code < 400 ? .debug : .info
        guard logger.logLevel <= level else { return }
        logger.log(
            level: level, "request",
            metadata: [
                "reference": "\(visit.reference)", "method": "\(visit.method.rawValue)",
                "path": "\(table.loggable(visit.path))", "status": "\(reply.status.code)",
                "network": "\(visit.network)",
            ])
    }
}
