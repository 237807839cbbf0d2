/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-pass-engine.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("PassEngine");

NS_OBJECT_ENSURE_REGISTERED(PassEngine);

TypeId
PassEngine::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::PassEngine").SetParent<Object>().SetGroupName("LlmMec");
    return tid;
}

void
PassEngine::SetDoneCallback(DoneCallback done)
{
    m_done = done;
}

void
PassEngine::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_done = DoneCallback();
    Object::DoDispose();
}

} // namespace llmmec
} // namespace ns3
