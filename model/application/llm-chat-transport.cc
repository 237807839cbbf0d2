/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-transport.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmChatTransport");

LlmChatTransport::LlmChatTransport(const Callbacks& callbacks)
    : m_callbacks(callbacks)
{
    NS_LOG_FUNCTION(this);
}

LlmChatTransport::~LlmChatTransport()
{
}

} // namespace llmmec
} // namespace ns3
