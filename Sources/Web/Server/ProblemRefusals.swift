import HTTPTypes
import Identity
import OAuth

extension Reception {
    /// Any error as problem details (RFC 9457), with the challenge of RFC 6750 where a token was the trouble.
    func problemRefusal(_ error: any Error, _ visit: Visit) -> Reply {
        switch error {
        case let problem as APIProblem: return problem.reply(reference: visit.reference)
        case let error as OAuthError: return tokenRefusal(error, visit)
        case let problem as PageProblem: return gateRefusal(problem, visit)
        default: return unexpectedRefusal(error, visit)
        }
    }

    private func tokenRefusal(_ error: OAuthError, _ visit: Visit) -> Reply {
        let kind: APIProblemKind =
            switch error.code {
            case .invalidToken: .invalidToken
            case .insufficientScope: .insufficientScope
            case .insufficientUserAuthentication: .insufficientUserAuthentication
            default: .malformedRequest
            }
        let examination = error.examined(in: APICourse.call, established: Established()).examination
        var reply = APIProblem(kind, error.sentence, examination, retryAfter: error.retryAfter)
            .reply(reference: visit.reference)
        switch kind {
        case .invalidToken where visit.headers[.authorization] == nil:
            // RFC 6750 §3.1: who presented nothing is told how, not what was wrong.
            reply.headers[.wwwAuthenticate] = #"Bearer realm="martlet""#
        case .invalidToken, .insufficientScope:
            let sentence = error.sentence(referringTo: visit.reference)
            reply.headers[.wwwAuthenticate] =
                #"Bearer realm="martlet", error="\#(error.code.rawValue)", error_description="\#(sentence)""#
        case .insufficientUserAuthentication:
            let sentence = error.sentence(referringTo: visit.reference)
            // RFC 9470 §3: with these in an authorization request the app gets a token that is enough.
            let levels = error.acrValues.isEmpty ? "" : ", acr_values=\"\(error.acrValues.joined(separator: " "))\""
            reply.headers[.wwwAuthenticate] = """
                Bearer realm="martlet", error="\(error.code.rawValue)", error_description="\(sentence)"\(levels), \
                max_age="\(FreshAuthentication.lifetime)"
                """
        default: break
        }
        return reply
    }

    /// What was found before any route was asked.
    private func gateRefusal(_ problem: PageProblem, _ visit: Visit) -> Reply {
        let kind = APIProblemKind.allCases.first { $0.status == problem.status } ?? .malformedRequest
        return APIProblem(kind, "see the description of this API: \(APIDescription.path)", problem.examination)
            .reply(reference: visit.reference)
    }

    private func unexpectedRefusal(_ error: any Error, _ visit: Visit) -> Reply {
        logUnexpected(error, visit)
        let path = table.loggable(visit.path)
        guard Self.isOutage(error) else {
            let bug = Examination(.bug(path: path), in: Course.server)
            return APIProblem(.serverError, "tell the operator the reference", bug).reply(reference: visit.reference)
        }
        let outage = Examination(.outage(path: path), in: Course.server)
        return APIProblem(.unavailable, "try again in a moment", outage, retryAfter: 2)
            .reply(reference: visit.reference)
    }
}
