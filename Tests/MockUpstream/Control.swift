import JSON

/// The API of tests, below `/_ctl`: who signs in, what breaks, what time it is, and what was asked.
struct Control: Sendable {
    let backstage: Backstage

    func answer(_ call: Call, _ name: String) async throws -> Reply {
        if call.method == "GET", name == "log" { return .json(["calls": .array(await backstage.log)]) }
        guard call.method == "POST" else { return .wrongMethod }
        do {
            let value = call.body.isEmpty ? JSONValue.object(JSONObject()) : try JSONValue(parsing: call.body)
            guard let order = value.objectValue else { throw BadOrder("an order must be an object") }
            try await follow(order, name)
            return .json(["done": true])
        } catch let bad as BadOrder {
            return .json(["error": .string(bad.sentence)], status: 400)
        } catch let fault as JSONFault {
            return .json(["error": .string("not JSON: \(fault)")], status: 400)
        }
    }

    private func follow(_ order: JSONObject, _ name: String) async throws {
        switch name {
        case "reset": await backstage.reset()
        case "persona": await backstage.put(try Persona(order), at: try order.provider())
        case "fault": await backstage.add(try Fault(order))
        case "clock":
            guard let offset = order["offset"]?.integerValue else { throw BadOrder("offset must be a number") }
            await backstage.setClock(offset: offset)
        case "rotate_keys":
            try await backstage.rotateKeys(
                of: try order.provider(), keepingNext: order["keep_next"]?.boolValue ?? false)
        case "claims": try await backstage.change(try TokenChanges(order), of: try order.provider())
        case "apple_key": await backstage.setAppleKey(try AppleClientKey(order))
        default: throw BadOrder("there is no order \(name)")
        }
    }
}
