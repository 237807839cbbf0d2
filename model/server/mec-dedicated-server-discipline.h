/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_DEDICATED_SERVER_DISCIPLINE_H
#define MEC_DEDICATED_SERVER_DISCIPLINE_H

#include "mec-server-discipline.h"

#include <cstddef>
#include <cstdint>
#include <vector>

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
    double EstimateLatencyS(const ServerJob& job) const override;

  private:
    /// A job under way
    struct Running
    {
        ServerJob job;  //!< the job
        double endS{0}; //!< when it is done to full precision, s
    };

    /// @param place where the job that is done is in m_running
    void Finish(std::size_t place);

    std::vector<Running> m_running;  //!< jobs under way, and places of those that are done
    std::vector<std::size_t> m_free; //!< places of those that are done
    uint32_t m_jobs{0};              //!< jobs under way
    double m_endSumS{0};             //!< sum of the times at which they end, s
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_DEDICATED_SERVER_DISCIPLINE_H
