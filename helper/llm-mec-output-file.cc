/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-output-file.h"

#include "base/output-file.h"

#include "ns3/log.h"

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecOutputFile");

LlmMecOutputFile::LlmMecOutputFile(const std::string& path)
{
    NS_LOG_FUNCTION(this << path);
    m_file = std::make_unique<base::OutputFile>(path);
}

LlmMecOutputFile::~LlmMecOutputFile() = default;

std::ostream&
LlmMecOutputFile::GetStream()
{
    return m_file->GetStream();
}

void
LlmMecOutputFile::RequireWritable() const
{
    m_file->RequireWritable();
}

void
LlmMecOutputFile::Commit()
{
    NS_LOG_FUNCTION(this);
    m_file->Commit();
}

} // namespace llmmec
} // namespace ns3
