import HTTPTypes
import Identity
import JSON
import Logging
import OAuth

extension Reception {
    /// Any error as a reply: JSON for clients, a page for people, and in the log what really happened.
    /// Nothing of an unexpected error is told outside (CF5).
    func refusal(_ error: any Error, _ visit: Visit, _ manner: Manner) -> Reply {
        switch manner {
        case .api: clientRefusal(error, visit)
        case .administration: problemRefusal(error, visit)
        case .page, .secretPage, .asset, .picture: pageRefusal(error, visit)
        }
    }

    private func clientRefusal(_ error: any Error, _ visit: Visit) -> Reply {
        if let error = error as? OAuthError {
            // The rules have named their checks; what is left was found before they were asked.
            return ErrorReplies.json(
                error.examined(in: Course.clientCall, established: Established()),
                hasCredentials: visit.headers[.authorization] != nil || !visit.body.isEmpty,
                reference: visit.reference)
        }
        if let problem = error as? PageProblem {
            let sentence = "the request has a method or content type that is not accepted here"
            let finding = problem.examination.failed ?? .bug(path: table.loggable(visit.path))
            var reply = ErrorReplies.json(
                .invalidRequest(sentence, finding), hasCredentials: true, reference: visit.reference)
            reply.status = problem.status
            reply.examination = problem.examination
            return reply
        }
        logUnexpected(error, visit)
        let path = table.loggable(visit.path)
        let answer =
            Self.isOutage(error)
            ? OAuthError(
                .temporarilyUnavailable, "try again in a moment", .outage(path: path), retryAfter: 2)
            : OAuthError(.serverError, "something went wrong here", .bug(path: path))
        return ErrorReplies.json(
            answer.examined(in: Course.server, established: Established()), hasCredentials: true,
            reference: visit.reference)
    }

    private func pageRefusal(_ error: any Error, _ visit: Visit) -> Reply {
        if let detour = error as? Detour { return detour.reply }
        let path = table.loggable(visit.path)
        let problem: PageProblem
        switch error {
        case let known as PageProblem: problem = known
        case let known as OAuthError:
            problem = PageProblem(known.examined(in: Course.address, established: Established()))
        default:
            logUnexpected(error, visit)
            problem =
                Self.isOutage(error)
                ? PageProblem(
                    .serviceUnavailable, "unavailable", .outage(path: path), in: Course.server, retryAfter: 2)
                : PageProblem(.internalServerError, "server_error", .bug(path: path), in: Course.server)
        }
        logger.notice(
            "page refused",
            metadata: [
                "reference": "\(visit.reference)", "path": "\(table.loggable(visit.path))",
                "problem": "\(problem.text)",
                "detail": "\(problem.detail ?? "")", "check": "\(problem.examination.failed?.check.words ?? "")",
                "seen": "\(problem.examination.failed?.seen.text ?? "")",
                "status": "\(problem.status.code)",
            ])
        var reply =
            (try? rooms.writer.reply(problem, reference: visit.reference))
            ?? Reply(
                problem.status, headers: [.contentType: "text/plain; charset=utf-8"], body: Array(visit.reference.utf8))
        reply.examination = problem.examination
        return reply
    }

    /// 413 for a body that was not read to its end.
    func tooLarge(target: String, headers: HTTPFields, peer: String?) -> Reply {
        let path = String(target.prefix { $0 != "?" })
        let manner = table.manner(path)
        let visit = Visit(
            method: .post, path: path, query: nil, headers: headers, body: [],
            network: proxies.network(peer: peer, headers: headers), reference: reference(), now: rooms.clock.now,
            logger: logger)
        var reply = refusal(PageProblem(.contentTooLarge, "too_large", .tooLarge, in: Course.address), visit, manner)
        ResponseHeaders(isSecure: rooms.settings.isSecure).complete(&reply, manner: manner, reference: visit.reference)
        writeDown(reply, visit)
        log(reply, visit)
        return reply
    }

    /// The reasons of a refusal, under the reference that went out with it.
    func writeDown(_ reply: Reply, _ visit: Visit) {
        guard let examination = reply.examination else { return }
        let route = ShownText.sent("\(visit.method.rawValue) \(table.loggable(visit.path))").text
        rooms.explanations.record(
            Explanation(
                reference: visit.reference, at: visit.now, route: route, status: reply.status.code,
                examination: examination))
    }

    /// Storage and the hashing threads say themselves when waiting may help.
    static func isOutage(_ error: any Error) -> Bool {
        (error as? any Outage)?.isTemporary == true || error is PasswordHasher.Busy || error is PasswordHasher.Stopped
    }

    func logUnexpected(_ error: any Error, _ visit: Visit) {
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
