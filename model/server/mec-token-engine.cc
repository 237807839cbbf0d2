/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-token-engine.h"

#include "ns3/log.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("TokenEngine");

NS_OBJECT_ENSURE_REGISTERED(TokenEngine);

TypeId
TokenEngine::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::TokenEngine").SetParent<Object>().SetGroupName("LlmMec");
    return tid;
}

void
TokenEngine::SetTokenCallback(TokenCallback token)
{
    if (!m_token.IsNull())
    {
        throw std::runtime_error(
            GetInstanceTypeId().GetName() +
            ": two servers have this engine, expected one of its own for each");
    }
    m_token = token;
}

int64_t
TokenEngine::AssignStreams(int64_t /* stream */)
{
    return 0;
}

void
TokenEngine::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_token = TokenCallback();
    Object::DoDispose();
}

} // namespace llmmec
} // namespace ns3
