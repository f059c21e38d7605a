import Identity
import JSON
import OAuth
import Testing

@Suite("OpenID Connect Core §5.1: what is known of a person")
struct PeopleTests {
    private func account(
        profile: Profile = Profile(), roles: [Role] = [], status: Account.Status = .active
    ) throws -> Account {
        Account(
            id: "subject", email: try #require(EmailAddress("Ann@Example.org")), isEmailVerified: true,
            profile: profile, roles: roles, status: status, passwordHash: "hash",
            createdAt: Instant(seconds: 1), updatedAt: Instant(seconds: 2))
    }

    @Test("Every standard claim that is known is there by its registered name")
    func allClaims() throws {
        let profile = Profile(
            name: "Ann Lee", givenName: "Ann", familyName: "Lee", preferredUsername: "ann",
            picture: "https://example.org/ann.png", locale: "de-CH", zoneInfo: "Europe/Zurich")
        let subject = People.subject(try account(profile: profile, roles: [.administrator]))
        #expect(
            subject.claims == [
                "name": "Ann Lee", "given_name": "Ann", "family_name": "Lee", "preferred_username": "ann",
                "picture": "https://example.org/ann.png", "locale": "de-CH", "zoneinfo": "Europe/Zurich",
                "updated_at": 2, "email": "Ann@Example.org", "email_verified": true, "roles": ["administrator"],
            ])
    }

    @Test("What is not known is left out, neither null nor empty (OpenID Connect Core §5.3.2)")
    func unknownClaims() throws {
        let subject = People.subject(try account(profile: Profile(name: "", locale: nil)))
        #expect(subject.claims.keys == ["updated_at", "email", "email_verified", "roles"])
    }

    @Test("The hash of a password is no claim, nor is the subject among them")
    func nothingElse() throws {
        let subject = People.subject(try account(profile: Profile(name: "Ann")))
        #expect(subject.claims["sub"] == nil)
        #expect(!String(describing: subject).contains("hash"))
    }

    @Test("A role held in several contexts is named once")
    func roles() throws {
        let roles = [Role("editor", context: "a"), Role("viewer"), Role("editor", context: "b")]
        let subject = People.subject(try account(roles: roles))
        #expect(subject.roles == ["editor", "viewer"])
        #expect(subject.claims["roles"] == ["editor", "viewer"])
    }

    @Test("SE6: a disabled person is not active")
    func disabled() throws {
        #expect(People.subject(try account(status: .disabled)).isActive == false)
        #expect(People.subject(try account()).isActive)
    }
}
