import HTTPTypes
import Identity
import JSON
import OAuth
import Synchronization

/// The description of the administration API, OpenAPI 3.1: computed from the operations themselves, when it is first asked
/// for, and kept.
final class APIDescription: Sendable {
    static let path = RouteTable.administration + "/openapi.json"
    static let version = "1.0.0"

    let operations: [APIOperation]
    let issuer: String
    private let written = Mutex<[UInt8]?>(nil)

    init(operations: [APIOperation], issuer: String) {
        self.operations = operations
        self.issuer = issuer
    }

    var bytes: [UInt8] {
        written.withLock { written in
            let bytes = written ?? JSONValue.object(document).bytes()
            written = bytes
            return bytes
        }
    }

    var document: JSONObject {
        [
            "openapi": "3.1.0", "info": info,
            "servers": [["url": .string(issuer + RouteTable.administration)]],
            "paths": .object(paths),
            "components": [
                "securitySchemes": ["oauth": oauth],
                "schemas": .object(
                    JSONObject(APISchema.all.map { (key: $0.name, value: .object(APISchemaText.schema($0))) })),
            ],
        ]
    }

    private var info: JSONValue {
        [
            "title": "Martlet administration", "version": .string(Self.version),
            "description": .string(
                """
                Finds people and does what operators do with them. Access tokens are asked for with the resource \
                \(issuer)/api/admin and the scopes below: by a person who is an administrator, or by an app on its own \
                behalf. A person's token changes something only for \(FreshAuthentication.lifetime) seconds after the \
                person proved who they are, by a second factor if there is one (RFC 9470: \
                insufficient_user_authentication). Unknown members are refused. Every refusal is an RFC 9457 problem \
                with a reference for \
                martlet explain. There is no cross-origin access.
                """),
        ]
    }

    private var oauth: JSONValue {
        let paths = EndpointPaths()
        let scopes = JSONValue.object(
            JSONObject([
                (key: AdministrationScope.readPeople.rawValue, value: "See people and how they sign in."),
                (
                    key: AdministrationScope.writePeople.rawValue,
                    value: "Change people: state, roles, sessions, links to sign in with."
                ),
                (key: AdministrationScope.readAudit.rawValue, value: "See what happened to people."),
                (
                    key: AdministrationScope.writeAdministrators.rawValue,
                    value: """
                    Beside martlet.people.write, for an app on its own behalf: give and take the role \
                    administrator, and change whoever has it.
                    """
                ),
            ]))
        let token = JSONValue.string(issuer + paths.token)
        return [
            "type": "oauth2",
            "flows": [
                "clientCredentials": ["tokenUrl": token, "scopes": scopes],
                "authorizationCode": [
                    "authorizationUrl": .string(issuer + paths.authorization), "tokenUrl": token, "scopes": scopes,
                ],
            ],
        ]
    }

    private var paths: JSONObject {
        var paths = JSONObject()
        for operation in operations {
            var item = paths[operation.path]?.objectValue ?? JSONObject()
            item[operation.method.rawValue.lowercased()] = .object(text(of: operation))
            paths[operation.path] = .object(item)
        }
        return paths
    }

    private func text(of operation: APIOperation) -> JSONObject {
        var text: JSONObject = [
            "operationId": .string(operation.id), "summary": .string(operation.summary),
            "security": [["oauth": [.string(operation.scope.rawValue)]]],
        ]
        let parameters = APISchemaText.parameters(of: operation)
        if !parameters.isEmpty { text["parameters"] = .array(parameters) }
        if operation.isWrite {
            text["requestBody"] = [
                "required": true,
                "content": ["application/json": ["schema": .object(APISchemaText.body(operation.fields))]],
            ]
        }
        text["responses"] = .object(responses(of: operation))
        return text
    }

    /// What every call may get, and what this one may.
    private func responses(of operation: APIOperation) -> JSONObject {
        var done: JSONObject = ["description": "Done."]
        if let answer = operation.answer {
            done["content"] = ["application/json": ["schema": APISchemaText.reference(answer)]]
        }
        var untold: JSONObject = ["description": "Done. The access token may not read people, and is told nothing."]
        if operation.isConditional, operation.answer?.name == APISchema.person.name {
            let tag: JSONValue = [
                "ETag": ["description": "The version of the person.", "schema": ["type": "string"]]
            ]
            done["headers"] = tag
            untold["headers"] = tag
        }
        var responses = JSONObject()
        if operation.isForReaders { responses[String(HTTPResponse.Status.noContent.code)] = .object(untold) }
        responses[String(operation.status.code)] = .object(done)
        let always: [APIProblemKind] = [
            .malformedRequest, .invalidToken, .insufficientScope, .invalidMember, .throttled, .unavailable,
        ]
        let bodied: [APIProblemKind] = operation.isWrite ? [.unsupportedMediaType, .tooLarge] : []
        let kinds = always + bodied + operation.refusals
        for kind in kinds {
            let code = String(kind.status.code)
            guard responses[code] == nil else { continue }
            let titles = kinds.filter { $0.status == kind.status }.map { $0.title + "." }
            responses[code] = [
                "description": .string(titles.joined(separator: " ")),
                "content": ["application/problem+json": ["schema": APISchemaText.reference(.problem)]],
            ]
        }
        return responses
    }
}
