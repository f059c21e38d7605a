import JSON

/// The userinfo endpoint, OpenID Connect Core §5.3: what the person allowed, about the person the token
/// is about (JW7, TK24).
package struct UserInfoEndpoint: Sendable {
    let reader: AccessTokenReader
    let subjects: any SubjectDirectory
    let issuer: String

    package init(reader: AccessTokenReader, subjects: any SubjectDirectory, issuer: String) {
        self.reader = reader
        self.subjects = subjects
        self.issuer = issuer
    }

    package func answer(bearer text: String?, at now: Instant) async throws -> [UInt8] {
        guard let text else { throw Self.refusal("an access token is missing", .bearerMissing) }
        guard let token = try await reader.unexpired(text, at: now), token.audience.contains(issuer),
            let grantID = token.grantID,
            let subject = try await subjects.subject(
                ofAccessToken: token.id, grantID: grantID, issuedAt: token.issuedAt, at: now),
            subject.isActive, subject.id == token.subject
        else {
            throw Self.refusal("the access token is unknown, expired, ended or not for userinfo", .bearerDead)
        }
        guard token.scopes.contains(ScopeSet.openid) else {
            throw OAuthError(.insufficientScope, "the access token lacks the scope openid", .openidMissing)
                .examined(
                    in: Course.userInfo,
                    established: Established(clientID: token.clientID, subject: token.subject))
        }
        var claims = ClaimRelease.claims(of: subject, for: token.scopes)
        claims["sub"] = .string(subject.id)
        return JSONValue.object(claims).bytes()
    }

    private static func refusal(_ sentence: String, _ finding: Finding) -> OAuthError {
        .invalidToken(sentence, finding).examined(in: Course.userInfo, established: Established())
    }
}
