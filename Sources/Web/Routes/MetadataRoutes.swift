import HTTPTypes
import OAuth

/// Discovery and keys: public, the same for everybody.
struct MetadataRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        [
            Route("/.well-known/openid-configuration", .api(.open), [.get: document]),
            Route("/.well-known/oauth-authorization-server", .api(.open), [.get: document]),
            Route(EndpointPaths().keys, .api(.open), [.get: keys]),
        ]
    }

    @Sendable private func document(_ visit: Visit) async throws -> Reply {
        cached(.json(rooms.discovery.document))
    }

    @Sendable private func keys(_ visit: Visit) async throws -> Reply {
        cached(.json(rooms.keys.keyRing.jwksDocument))
    }

    private func cached(_ reply: Reply) -> Reply {
        var reply = reply
        reply.headers[.cacheControl] = "public, max-age=\(rooms.settings.keyCacheTime)"
        return reply
    }
}

/// Style sheet, scripts and icon under their fingerprints.
struct AssetRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] { [Route("/assets/*", .asset, [.get: asset])] }

    @Sendable private func asset(_ visit: Visit) async throws -> Reply {
        guard let asset = rooms.pages.assets.asset(at: visit.path) else {
            throw PageProblem(.notFound, "not_found", .nowhere(visit.path), in: Course.address)
        }
        return Reply(
            .ok, headers: [.contentType: asset.contentType, .cacheControl: "public, max-age=31536000, immutable"],
            body: asset.bytes)
    }
}
