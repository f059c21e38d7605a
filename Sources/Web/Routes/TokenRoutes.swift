import HTTPTypes
import OAuth

/// Token, introspection and revocation: what clients call, by POST with a form (TK4).
struct TokenRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        let paths = EndpointPaths()
        return [
            Route(paths.token, .api(.registered), [.post: token]),
            Route(paths.introspection, .api(.none), [.post: introspect]),
            Route(paths.revocation, .api(.registered), [.post: revoke]),
        ]
    }

    @Sendable private func token(_ visit: Visit) async throws -> Reply {
        let (form, basic) = try read(visit)
        return .json(try await rooms.token.answer(form, basic: basic, at: visit.now).body)
    }

    @Sendable private func introspect(_ visit: Visit) async throws -> Reply {
        let (form, basic) = try read(visit)
        return .json(try await rooms.introspection.answer(form, basic: basic, at: visit.now))
    }

    @Sendable private func revoke(_ visit: Visit) async throws -> Reply {
        let (form, basic) = try read(visit)
        try await rooms.revocation.answer(form, basic: basic, at: visit.now)
        return Reply(.ok)
    }

    /// Nothing may stand in the query: it ends in logs and histories.
    private func read(_ visit: Visit) throws(OAuthError) -> (OAuth.Parameters, ClientCredentials?) {
        guard visit.query?.isEmpty ?? true else {
            throw .invalidRequest("parameters belong in the body", .queryOnAPI)
        }
        return (try visit.formParameters(), try AuthorizationHeader.basic(visit.headers))
    }
}

/// Userinfo, OpenID Connect Core §5.3.1: by GET, or by POST with the token in header or form.
struct UserInfoRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] { [Route(EndpointPaths().userInfo, .api(.registered), [.get: answer, .post: answer])] }

    @Sendable private func answer(_ visit: Visit) async throws -> Reply {
        let inHeader = try AuthorizationHeader.bearer(visit.headers)
        let inForm = visit.method == .post && visit.isForm ? try visit.formParameters()["access_token"] : nil
        guard inHeader == nil || inForm == nil else {
            throw OAuthError.invalidRequest("the access token is given more than once", .twoBearers)
        }
        return .json(try await rooms.userInfo.answer(bearer: inHeader ?? inForm, at: visit.now))
    }
}
