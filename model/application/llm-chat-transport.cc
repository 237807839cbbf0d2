/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-chat-transport.h"

namespace ns3
{
namespace llmmec
{

LlmChatTransport::LlmChatTransport(const Callbacks& callbacks)
    : m_callbacks(callbacks)
{
}

LlmChatTransport::~LlmChatTransport()
{
}

} // namespace llmmec
} // namespace ns3
