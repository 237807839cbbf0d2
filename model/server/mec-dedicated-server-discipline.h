/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_DEDICATED_SERVER_DISCIPLINE_H
#define MEC_DEDICATED_SERVER_DISCIPLINE_H

#include "mec-server-discipline.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Each request gets all of F, however many there are: (22), the paper's server.
 */
class DedicatedServerDiscipline : public MecServerDiscipline
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    void Submit(const ServerJob& job) override;
    double GetBacklogS() const override;

  private:
    /// @param job the job that is done @param endS when it was done to full precision, s
    void Finish(ServerJob job, double endS);

    uint32_t m_jobs{0};  //!< jobs under way
    double m_endSumS{0}; //!< sum of the times at which they end, s
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_DEDICATED_SERVER_DISCIPLINE_H
