import OAuth
import Testing

@Suite("The claims parameter: OpenID Connect Core §5.5 (AZ19, AZ20, JW7)")
struct ClaimsRequestTests {
    @Test("Names are read for each place, levels and the person demanded too")
    func reading() throws {
        let request = try ClaimsRequest(
            #"""
            {"id_token": {"email": null, "sub": {"value": "ann"}, "acr": {"essential": true, "values": ["a", "b"]}},
             "userinfo": {"name": {"essential": true}}, "unknown": 5}
            """#)
        #expect(request.idToken == ["email", "sub", "acr"])
        #expect(request.userInfo == ["name"])
        #expect(request.subject == "ann")
        #expect(request.essentialLevels == ["a", "b"])
    }

    @Test(
        "What is not an object of objects is refused",
        arguments: [
            "", "null", "[]", "\"x\"", "{", "{}x", #"{"id_token": []}"#, #"{"userinfo": "name"}"#, #"{"id_token": 1}"#,
            #"{"id_token": {"email": null, "email": null}}"#, #"{"id_token": {}, "id_token": {}}"#,
            #"{"a": "\u0000"}"#,
        ])
    func malformed(_ text: String) {
        #expect(throws: OAuthError.self) { try ClaimsRequest(text) }
    }

    @Test("Longer than 8 KiB or nested without end, a text is refused before it costs anything")
    func limits() {
        let long = #"{"id_token": {"\#(String(repeating: "a", count: 8192))": null}}"#
        #expect(throws: OAuthError.self) { try ClaimsRequest(long) }
        let deep = String(repeating: #"{"a":"#, count: 1000) + "1" + String(repeating: "}", count: 1000)
        #expect(throws: OAuthError.self) { try ClaimsRequest(deep) }
    }

    @Test(
        "AZ19: the person demanded is found wherever it stands",
        arguments: [
            (#"{"id_token": {"sub": {"value": "ann"}}}"#, "ann"), (#"{"userinfo": {"sub": {"value": "ann"}}}"#, "ann"),
            (#"{"id_token": {"sub": null}, "userinfo": {"sub": {"value": "ann"}}}"#, "ann"),
            (#"{"id_token": {"sub": {}}, "userinfo": {"sub": {"value": "ann"}}}"#, "ann"),
            (#"{"id_token": {"sub": {"value": "ann"}}, "userinfo": {"sub": {"value": "ann"}}}"#, "ann"),
            (#"{"id_token": {"sub": null}}"#, nil), (#"{"id_token": {"sub": {"essential": true}}}"#, nil), ("{}", nil),
        ])
    func subjects(_ text: String, _ subject: String?) throws {
        #expect(try ClaimsRequest(text).subject == subject)
    }

    @Test(
        "AZ19: a demand that cannot be met is refused, not passed over",
        arguments: [
            #"{"id_token": {"sub": {"value": "ann"}}, "userinfo": {"sub": {"value": "ben"}}}"#,
            #"{"id_token": {"sub": {"value": 5}}}"#, #"{"userinfo": {"sub": {"value": ["ann"]}}}"#,
        ])
    func impossibleSubjects(_ text: String) {
        #expect(throws: OAuthError.self) { try ClaimsRequest(text) }
    }

    @Test(
        "AZ20: only an essential acr is a demand (§5.5.1.1)",
        arguments: [
            (#"{"id_token": {"acr": null}}"#, []), (#"{"id_token": {"acr": {"value": "a"}}}"#, []),
            (#"{"id_token": {"acr": {"essential": false, "value": "a"}}}"#, []),
            (#"{"id_token": {"acr": {"essential": true}}}"#, []),
            (#"{"id_token": {"acr": {"essential": true, "value": "a"}}}"#, ["a"]),
            (#"{"userinfo": {"acr": {"essential": true, "value": "a"}}}"#, []),
        ] as [(String, [String])])
    func levels(_ text: String, _ levels: [String]) throws {
        #expect(try ClaimsRequest(text).essentialLevels == levels)
    }

    @Test(
        "AZ20: an essential acr whose levels cannot be read is refused; it would otherwise be met by anything",
        arguments: [
            #"{"id_token": {"acr": {"essential": true, "value": 3}}}"#,
            #"{"id_token": {"acr": {"essential": true, "values": "a"}}}"#,
            #"{"id_token": {"acr": {"essential": true, "values": [3]}}}"#,
            #"{"id_token": {"acr": {"essential": true, "values": []}}}"#,
        ])
    func unreadableLevels(_ text: String) {
        #expect(throws: OAuthError.self) { try ClaimsRequest(text) }
    }
}
