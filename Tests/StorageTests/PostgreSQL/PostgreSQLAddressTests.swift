import Testing

@testable import Storage

@Suite("Addresses of PostgreSQL, and how connections that leave the machine are protected (CR6)")
struct PostgreSQLAddressTests {
    private static let nothing: [String: String] = [:]

    private func address(_ text: String, _ environment: [String: String] = nothing) throws -> PostgreSQLAddress {
        try PostgreSQLAddress(text, environment: environment)
    }

    private func fault(_ text: String, _ environment: [String: String] = nothing) -> String? {
        do throws(PostgreSQLAddress.Fault) {
            _ = try PostgreSQLAddress(text, environment: environment)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        "CR6: what leaves the machine is encrypted, to a server whose certificate and name are checked",
        arguments: [
            "postgres://db.example.com/martlet", "postgresql://me:pw@192.0.2.1:6432/martlet",
            "postgres://[2001:db8::1]/martlet", "postgres:///martlet?host=db.example.com",
            "postgres://localhost,db.example.com/martlet", "postgres://db.example.com/martlet?sslmode=verify-full",
            "postgres://128.0.0.1/martlet", "postgres://localhost.example.com/martlet", "postgres://0.0.0.0/martlet",
        ])
    func remote(text: String) throws {
        let parameters = try address(text).parameters
        #expect(parameters["sslmode"] == "verify-full")
        #expect(parameters["ssl_min_protocol_version"] == "TLSv1.2" && parameters["gssencmode"] == "disable")
        #expect(parameters["sslrootcert"]?.isEmpty == false)
    }

    @Test(
        "CR6: less than a checked certificate is refused for what leaves the machine, and said how to mend",
        arguments: ["disable", "allow", "prefer", "require"])
    func tooLittle(mode: String) throws {
        for host in ["db.example.com", "192.0.2.1", "localhost,db.example.com", "[2001:db8::1]"] {
            let text = try #require(fault("postgres://me:hunter2@\(host)/martlet?sslmode=\(mode)"))
            #expect(text.contains("sslmode=\(mode)") && text.contains("sslrootcert") && !text.contains("hunter2"))
        }
    }

    @Test("CR6: an authority of one's own may be named; without it names are what tells servers apart")
    func ownAuthority() throws {
        let own = try address("postgres://db.example.com/martlet?sslmode=verify-ca&sslrootcert=/etc/own.pem")
        #expect(own.parameters["sslmode"] == "verify-ca" && own.parameters["sslrootcert"] == "/etc/own.pem")
        #expect(fault("postgres://db.example.com/martlet?sslmode=verify-ca")?.contains("sslrootcert=FILE") == true)
    }

    @Test(
        "What stays on the machine may go plain, or as the operator says",
        arguments: [
            "postgres:///martlet", "postgres://localhost/martlet", "postgres://127.0.0.1:5433/martlet",
            "postgres://127.8.8.8/martlet", "postgres://[::1]/martlet", "postgres:///martlet?host=/run/postgresql",
            "postgres://%2Frun%2Fpostgresql/martlet", "postgres://127.0.0.1,localhost/martlet",
        ])
    func local(text: String) throws {
        #expect(try address(text).parameters["sslmode"] == "disable")
        let query = text.contains("?") ? "&" : "?"
        #expect(try address(text + query + "sslmode=require").parameters["sslmode"] == "require")
    }

    @Test(
        "Options that would go around the rules are unknown",
        arguments: [
            "hostaddr=192.0.2.1", "options=-csynchronous_commit%3Doff", "service=x", "ssl=true", "sslmod=disable",
            "ssl_min_protocol_version=TLSv1", "gssencmode=require", "replication=true", "%68ostaddr=192.0.2.1",
            "client_encoding=LATIN1", "connect_timeout=0", "=", "sslmode=off", "HOST=a",
        ])
    func unknownOptions(option: String) {
        #expect(fault("postgres://localhost/martlet?\(option)") != nil)
        #expect(fault("postgres://localhost/martlet?user=a&\(option)") != nil)
    }

    @Test(
        "CR6: no mark in a password hides an option that would lead elsewhere",
        arguments: ["hostaddr=127.0.0.9", "service=elsewhere", "gssencmode=prefer", "options=-c%20a=b"])
    func hiddenOptions(option: String) throws {
        for password in ["a?user=x", "a?", "?", "a?user=x&port=1", "a%3F@b?c"] {
            let text = try #require(fault("postgres://u:\(password)@localhost/martlet?\(option)"))
            #expect(!text.contains(password) && !text.contains("127.0.0.9"))
        }
        #expect(fault("postgres://u:a%3Fb@localhost/martlet?sslmode=disable") == nil)
    }

    @Test(
        "What is no address is refused without being repeated",
        arguments: [
            "postgres://me:hunter2@localhost", "postgres://me:hunter2@localhost/", "postgres://me:hunter2@[::1/martlet",
            "postgres://me:hunter2%zz@localhost/martlet", "postgres://me:hunter2@localhost/martlet?x",
            "postgres:me:hunter2@localhost/martlet", "host=localhost password=hunter2", "postgres://\0hunter2/martlet",
            "postgres://me:hunter2@localhost/martlet?user", "postgres://me:%00hunter2@localhost/martlet", "",
        ])
    func noAddress(text: String) throws {
        let text = try #require(fault(text))
        #expect(!text.contains("hunter2"))
    }

    @Test(
        "Variables that would lead libpq elsewhere are refused by their name",
        arguments: ["PGHOSTADDR", "PGSERVICE", "PGHOST"])
    func variables(name: String) {
        #expect(fault("postgres:///martlet", [name: "192.0.2.1"])?.contains(name) == true)
        #expect(fault("postgres:///martlet", [name: ""]) == nil)
        #expect((fault("postgres://localhost/martlet", [name: "192.0.2.1"]) == nil) == (name == "PGHOST"))
    }

    @Test("CF3: an address prints without role and password")
    func printed() throws {
        let address = try address("postgres://somebody:hunter2@db.example.com:6432/people")
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped] {
            #expect(!text.contains("hunter2") && !text.contains("somebody"))
        }
        #expect("\(address)" == "people on db.example.com:6432")
    }
}
