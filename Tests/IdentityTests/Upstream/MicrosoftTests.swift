import Identity
import JSON
import OAuth
import Testing

@Suite("SO1, SO3: Microsoft")
struct MicrosoftTests {
    private static let home = "https://login.microsoftonline.com"
    private static let tenant = "5b1f4a8e-0c6f-4f66-9a51-3b1d7a0c9d11"
    private static let other = "7c2f4a8e-0c6f-4f66-9a51-3b1d7a0c9d22"
    private static let person = "00aa11bb-0c6f-4f66-9a51-3b1d7a0c9d33"

    /// The document stands below the tenant of the settings; the rest at places it names.
    private func stage(_ organisation: String?, document: String) throws -> OpenIDStage {
        let stage = try OpenIDStage(
            .sample(.microsoft) { $0.organisation = organisation },
            issuer: "\(Self.home)/\(Self.tenant)/v2.0", documentIssuer: "\(Self.home)/\(document)/v2.0")
        stage.rewrite {
            $0.claims["tid"] = .string(Self.tenant)
            $0.claims["oid"] = .string(Self.person)
            $0.claims["preferred_username"] = "anna@contoso.example"
        }
        let below = "\(Self.home)/\(organisation ?? "common")/v2.0/.well-known/openid-configuration"
        let standing = "\(Self.home)/\(document.contains("{") ? Self.tenant : document)/v2.0"
        guard below != "\(standing)/.well-known/openid-configuration" else { return stage }
        stage.upstream.on(below) { _ in
            try await stage.upstream.fetch(
                OutboundRequest(method: "GET", url: "\(standing)/.well-known/openid-configuration"))
        }
        return stage
    }

    private func common() throws -> OpenIDStage { try stage(nil, document: "{tenantid}") }

    @Test("The key is tenant and person, each of them")
    func key() async throws {
        let stage = try common()
        let person = try await stage.person()
        #expect(person.key.subject == "\(Self.tenant).\(Self.person)" && person.label == "anna@contoso.example")
        for name in ["tid", "oid"] {
            let kept = stage.claims[name]
            for value: JSONValue? in [nil, "", "not-a-uuid", 7, .string(Self.tenant.uppercased())] {
                stage.rewrite { $0.claims[name] = value }
                #expect(await stage.fault() != nil, "\(name) \(value?.text ?? "absent")")
            }
            stage.rewrite { $0.claims[name] = kept }
        }
    }

    @Test("SO4: the issuer is the template with the token's own tenant")
    func issuer() async throws {
        let stage = try common()
        for (iss, tid) in [
            (Self.tenant, Self.other), (Self.other, Self.tenant), ("{tenantid}", Self.tenant), ("common", Self.tenant),
        ] {
            stage.rewrite {
                $0.claims["iss"] = .string("\(Self.home)/\(iss)/v2.0")
                $0.claims["tid"] = .string(tid)
            }
            #expect(await stage.fault()?.reason == "id_token", "\(iss) \(tid)")
        }
    }

    @Test("A tenant that is pinned lets in nobody of another")
    func pinned() async throws {
        let stage = try stage(Self.tenant, document: Self.tenant)
        #expect(try await stage.person().key.subject.hasPrefix(Self.tenant))
        stage.rewrite { $0.claims["tid"] = .string(Self.other) }
        #expect(await stage.fault()?.words == "identity: tid is another tenant than that of iss")
        stage.rewrite { $0.claims["iss"] = .string("\(Self.home)/\(Self.other)/v2.0") }
        #expect(await stage.fault()?.reason == "id_token")
    }

    @Test("A document of another tenant, or a template where a tenant is pinned, is none")
    func documents() async throws {
        for (organisation, document) in [
            (Self.tenant, Self.other), (Self.tenant, "{tenantid}"), ("common", Self.tenant), ("consumers", Self.tenant),
            ("contoso.example", "{tenantid}"),
        ] {
            let stage = try stage(organisation, document: document)
            #expect(await stage.fault()?.reason == "answer", "\(organisation) \(document)")
        }
    }

    @Test("Organisations alone: personal accounts are refused")
    func organisations() async throws {
        let personal = "9188040d-6c67-4c5b-b112-36a304b66dad"
        let stage = try stage("organizations", document: "{tenantid}")
        #expect(try await stage.person().key.subject.hasPrefix(Self.tenant))
        stage.rewrite {
            $0.claims["tid"] = .string(personal)
            $0.claims["iss"] = .string("\(Self.home)/\(personal)/v2.0")
        }
        #expect(await stage.fault()?.reason == "identity")
    }

    @Test("SO3: an address that an administrator typed is no proof; xms_edov is")
    func addresses() async throws {
        let stage = try common()
        for claim: JSONValue? in [nil, false, "false", 0, "0", .null, "yes", 2, ["true"]] {
            stage.rewrite { $0.claims["xms_edov"] = claim }
            let person = try await stage.person()
            #expect(person.email?.typed == "anna@example.com" && person.provenEmail == nil)
        }
        for claim: JSONValue in [true, "true", 1, "1"] {
            stage.rewrite { $0.claims["xms_edov"] = claim }
            #expect(try await stage.person().provenEmail != nil)
        }
    }
}
