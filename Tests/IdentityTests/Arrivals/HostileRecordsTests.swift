import Identity
import JSON
import TestSupport
import Testing

@Suite("IN10: records of any shape are people, nobody or refused, and never a trap")
struct HostileRecordsTests {
    private static let formats: [any ArrivalFormat] = [
        DjangoArrivals(), KeycloakArrivals(takesGroupsAsRoles: true), Auth0Arrivals(), FirebaseArrivals(nil),
        MartletArrivals(),
    ]

    private static let seeds = [
        #"{"model":"auth.user","pk":1,"fields":{"email":"a@example.org","password":"md5$a$f8ee72288939630ba446602314f3ce40","groups":[1,["x"]],"date_joined":"2024-03-01T12:30:00Z"}}"#,
        #"{"username":"a","email":"a@example.org","createdTimestamp":1709296200123,"credentials":[{"type":"password","credentialData":"{\"hashIterations\":1,\"algorithm\":\"pbkdf2\"}","secretData":"{\"value\":\"AAAA\",\"salt\":\"AAAA\"}"}],"groups":["/a"],"attributes":{"locale":["de"]}}"#,
        #"{"_id":{"$oid":"x"},"email":"a@example.org","identities":[{"provider":"x"}],"custom_password_hash":{"algorithm":"sha1","hash":{"value":"00","encoding":"hex"},"salt":{"value":"x","position":"prefix"}}}"#,
        #"{"localId":"x","email":"a@example.org","createdAt":"1709296200123","passwordHash":"AAAA","salt":"AAAA","providerUserInfo":[{"providerId":"x"}]}"#,
        #"{"format":"martlet-user-1","sub":"AAAAAAAAAAAAAAAAAAAAAA","email":"a@example.org","roles":[{"name":"x","context":""}],"deleted_at":"2024-03-01T12:30:00Z","preferences":{"sign_in_notices":"all"}}"#,
    ]

    private func read(_ record: JSONObject) {
        for format in Self.formats {
            var format = format
            format.note(record)
            _ = format.leftBehind(record)
            if let person = try? format.read(record) {
                #expect(person.profile.picture == nil)
                #expect(person.notes.allSatisfy { !$0.contains("\n") })
            }
        }
    }

    @Test("Mutations of each format's records, read by every format")
    func mutations() {
        var dice = Dice(seed: 31)
        var count = 0
        for seed in Self.seeds {
            for _ in 0..<1500 {
                guard let record = try? JSONValue(parsing: dice.mutated(Array(seed.utf8))).objectValue else { continue }
                read(record)
                count += 1
            }
        }
        #expect(count > 500, "many mutations are JSON still")
    }

    @Test("Every member in turn as something of another type")
    func types() throws {
        let others: [JSONValue] = [
            nil, true, 0, -1, .integer(.min), .integer(.max), 1.5e300, "", "\u{202E}\n", [], [[[]]], [:], ["x": nil],
        ]
        for seed in Self.seeds {
            let record = try #require(try JSONValue(parsing: seed).objectValue)
            for (name, value) in record.members {
                for other in others {
                    var changed = record
                    changed[name] = other
                    read(changed)
                    guard let inner = value.objectValue else { continue }
                    for name2 in inner.keys {
                        var changedInner = inner
                        changedInner[name2] = other
                        changed[name] = .object(changedInner)
                        read(changed)
                    }
                }
            }
        }
    }
}
